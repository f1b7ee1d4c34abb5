package io.weir.tenancy.ledger;

import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.router.stream.Usage;
import io.weir.tenancy.Caller;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Settlement.Basis;
import java.time.Instant;

/**
 * One row of the ledger: written once, never changed. Unique by (request, attempt, kind, cause).
 *
 * @param key what makes it unique
 * @param caller who caused it
 * @param booking for what
 * @param basis how the amount is known
 * @param usage the tokens behind it
 * @param amount what was booked
 * @param outcome how the call ended
 * @param bookedAt when the row was written; {@code booking.effectiveAt} says to which time it belongs
 */
public record LedgerEntry(
        Key key, Caller caller, Booking booking, Basis basis, Usage usage, Money amount, String outcome, Instant bookedAt) {

    /**
     * @param request the request
     * @param attempt 1 to 3
     * @param kind what sort of row
     * @param cause empty but for adjustments
     */
    public record Key(RequestId request, int attempt, Kind kind, String cause) {}

    /** What sort of row. */
    public enum Kind {
        /** The reservation's end, within its hold. */
        USAGE,
        /** What an engine delivered above the cap it was sent. */
        OVERRUN,
        /** A later correction. */
        ADJUSTMENT
    }
}
