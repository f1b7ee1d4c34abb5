package io.weir.tenancy.ledger;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.tenancy.admission.Settlement.Basis;
import java.time.Instant;

/**
 * One row of the ledger: written once, never changed. Unique by (request, attempt, kind, cause).
 *
 * @param key what makes it unique
 * @param served who answered, and at what price
 * @param basis how the amount is known
 * @param tokens the tokens behind it; an adjustment's are what it adds, and may be negative
 * @param amount what was booked
 * @param outcome how the call ended
 * @param bookedAt when the row was written
 */
public record LedgerEntry(
        Key key, Served served, Basis basis, Ledger.Tokens tokens, Money amount, String outcome, Instant bookedAt) {

    /**
     * @param request the request
     * @param attempt 1 to 3
     * @param kind what sort of row
     * @param cause empty but for adjustments
     */
    public record Key(RequestId request, int attempt, Kind kind, String cause) {}

    /**
     * @param model who answered
     * @param engine where
     * @param route where that stands
     * @param priceVersion the price book's number of the price
     */
    public record Served(ModelId model, EngineId engine, Route route, long priceVersion) {}

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
