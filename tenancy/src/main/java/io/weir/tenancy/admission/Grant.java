package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.router.RequestId;
import java.time.Instant;

/**
 * A hold in the admission store whose intent is not yet on record: nothing may be sent for it. {@link Reservations#intend} makes a
 * {@link Reservation.Held} of it.
 *
 * @param claim what was asked
 * @param held the money held: the dearest affordable ceiling
 * @param heldTokens the tokens taken from the token bucket
 * @param epoch the epoch it is held in
 * @param period the budget period it belongs to: that of its start, by the store's clock
 */
public record Grant(Claim claim, Money held, long heldTokens, long epoch, Period period) {

    public RequestId request() {
        return claim.request();
    }

    public int attempt() {
        return claim.attempt();
    }

    /**
     * A budget period, half-open.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public record Period(Instant from, Instant to) {}
}
