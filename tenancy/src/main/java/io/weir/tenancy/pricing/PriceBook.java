package io.weir.tenancy.pricing;

import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Prices with effective dates, from PostgreSQL. Look-ups are answered from memory; at most 2 s behind PostgreSQL. */
public interface PriceBook {

    /** The price in force: the one with the latest effective date not after {@code at}; empty while none is known (never zero). */
    Optional<PriceVersion> at(ModelId model, Instant at);

    /** Every price known, newest first. */
    List<Price> all();

    /** Adds prices; one that is there already (same model, same effective date, same amounts) stays as it is. Returns the stored ones. */
    List<Price> add(List<NewPrice> prices);
}
