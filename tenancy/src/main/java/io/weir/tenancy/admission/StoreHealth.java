package io.weir.tenancy.admission;

import java.util.Optional;

/**
 * Whether paid calls can be admitted now, for readiness.
 *
 * @param epoch the epoch in use, 0 while none is
 * @param state why, or why not
 * @param unsettled ends that are not yet acknowledged by both stores
 * @param lastCheck the checker's last report
 */
public record StoreHealth(long epoch, State state, int unsettled, Optional<CheckReport> lastCheck) {

    public boolean isReady() {
        return state == State.READY;
    }

    /** Why paid calls are admitted, or not. */
    public enum State {
        READY,
        /** Redis cannot be reached. */
        REDIS_AWAY,
        /** PostgreSQL cannot be reached. */
        POSTGRESQL_AWAY,
        /** Redis' counters are not of the current epoch; they are being laid again. */
        SEEDING,
        /** PostgreSQL started lately: living gateways may still have intents to record again. */
        WAITING_FOR_OTHERS,
        /** Closed, or not started. */
        CLOSED
    }
}
