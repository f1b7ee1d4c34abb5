package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.router.Permit;
import io.weir.router.RequestId;
import io.weir.router.stream.Usage;
import io.weir.tenancy.admission.Settlement.Basis;

/**
 * A reservation's states. It ends exactly once (law 2): the transitions are methods of {@link Held} alone, and the ledger's unique key decides
 * between two that were sent.
 *
 * <pre>
 *   Grant --intent on record--> Held --settle--> Settled
 *                                 |---void----> Voided
 *                                 '---expire--> Expired   (the sweeper, for a gateway that is gone)
 * </pre>
 */
public sealed interface Reservation {

    /** The outcome's label where the sweeper ended the reservation. */
    String EXPIRED = "expired";

    /**
     * Money held, intent on record: the permit to open an engine.
     *
     * @param grant what is held, where
     * @param booking what will be booked
     */
    record Held(Grant grant, Booking booking) implements Reservation, Permit {

        @Override
        public RequestId request() {
            return grant.request();
        }

        @Override
        public int attempt() {
            return grant.attempt();
        }

        @Override
        public Money ceiling() {
            return grant.held();
        }

        /** The engine counted. What it counted above the hold is booked too, as OVERRUN. */
        public Settled settle(Usage.Exact usage, String outcome) {
            return new Settled(new Settlement(this, cost(usage), Basis.METERED, usage, outcome));
        }

        /** The engine may have produced more than arrived; what was sent and what arrived is booked, the rest is free again. */
        public Settled settleFloor(Usage.AtLeast usage, String outcome) {
            return new Settled(floor(usage, outcome));
        }

        /** It may have been sent and no count survives: the worst case of the engine that was asked is booked, the rest of the hold is free again. */
        public Settled settleFull(String outcome) {
            return new Settled(full(outcome));
        }

        /** Provably nothing was spent. */
        public Voided voided(String outcome) {
            return new Voided(new Settlement(this, Money.ZERO, Basis.VOID, new Usage.Exact(0, 0, 0, 0, 0), outcome));
        }

        /** Its gateway is gone and a checkpoint says what had arrived. */
        public Expired expire(Usage.AtLeast checkpoint) {
            return new Expired(floor(checkpoint, EXPIRED));
        }

        /** Its gateway is gone and nobody knows what it spent. */
        public Expired expire() {
            return new Expired(full(EXPIRED));
        }

        private Settlement floor(Usage.AtLeast usage, String outcome) {
            return new Settlement(this, cost(usage), Basis.FLOOR, usage, outcome);
        }

        private Settlement full(String outcome) {
            Usage prompt = new Usage.AtLeast(booking.inputBound(), 0, 0, 0, 0);
            return new Settlement(this, booking.worstCase(grant.held()), Basis.HELD_FULL, prompt, outcome);
        }

        private Money cost(Usage usage) {
            return booking.price().price().cost(usage);
        }
    }

    /** The three ends. */
    sealed interface Ended extends Reservation {
        Settlement settlement();
    }

    /** Booked. */
    record Settled(Settlement settlement) implements Ended {}

    /** Booked at nothing. */
    record Voided(Settlement settlement) implements Ended {}

    /** Booked by the sweeper. */
    record Expired(Settlement settlement) implements Ended {}
}
