package io.weir.tenancy.admission;

/**
 * The protocol of reserving and settling as the pipeline sees it: reserve (one round trip to the admission store), intend (on record before the
 * first byte goes out), settle (exactly once, off the caller's path). Called on the request's virtual thread.
 */
public interface Reservations {

    /** Holds the dearest worst case that fits every scope, or refuses and consumes nothing. Answers within 50 ms of trying, or refuses. */
    Admission reserve(Claim claim);

    /** What {@link #reserve} would answer now; consumes and holds nothing. */
    Admission probe(Claim claim);

    /**
     * Puts the intent on record and waits for it. A grant whose epoch has ended is asked again in the present one. After anything but
     * {@code Held} nothing may be sent, and nothing is left to do: the grant is ended here.
     */
    Intended intend(Grant grant, Booking booking);

    /** Ends a grant whose intent was never asked for: the hold goes back. */
    void release(Grant grant);

    /** Notes how much has been delivered; goes to the store once a second, in one batch, for all calls under way. Never blocks. */
    void checkpoint(Reservation.Held held, long outputTokens);

    /**
     * Hands a reservation's end over to be booked; sent until PostgreSQL and Redis acknowledge it. Does not wait for them.
     */
    void close(Reservation.Ended ended);

    /** The answer to {@link #intend}. */
    sealed interface Intended {

        /** On record: the permit. */
        record Held(Reservation.Held held) implements Intended {}

        /** Not on record; the grant is ended. */
        record Refused(Admission.Refused refusal) implements Intended {}
    }
}
