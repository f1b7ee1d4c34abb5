package io.weir.tenancy.pricing;

import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Prices with effective dates, from PostgreSQL. Look-ups are answered from memory, without a wait, from any thread, and are at most 2 s behind
 * PostgreSQL while it can be reached; {@link #add} blocks on it and throws {@link io.weir.tenancy.Unavailable} when it cannot be asked.
 */
public interface PriceBook {

    /**
     * The price in force: the one with the latest effective date not after {@code at}, and of several with that date the one added last; empty
     * while none is known (never zero).
     */
    Optional<PriceVersion> at(ModelId model, Instant at);

    /** Every price known, the one added last first. */
    List<Price> all();

    /**
     * Adds prices, all or none; one that is there already (same model, same effective date to the microsecond, same amounts) stays as it is.
     * Returns the stored ones in the order given; they are in force on this replica at once.
     */
    List<Price> add(List<NewPrice> prices);
}
