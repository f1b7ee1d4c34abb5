package io.weir.tenancy.admission;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.PriceVersion;
import io.weir.router.Route;
import java.time.Instant;
import java.util.Map;

/**
 * Everything needed to book one attempt without asking anybody: stored with the intent.
 *
 * @param model who answers
 * @param engine where
 * @param route where that stands
 * @param price at what price
 * @param inputBound the most input tokens the call can have
 * @param outputCap the output limit sent to the engine
 * @param effectiveAt when the request began
 * @param tags the caller's metadata
 * @param decision the decision as JSON, for the receipt; holds no content
 */
public record Booking(
        ModelId model,
        EngineId engine,
        Route route,
        PriceVersion price,
        long inputBound,
        int outputCap,
        Instant effectiveAt,
        Map<String, String> tags,
        String decision) {

    public Booking {
        tags = Map.copyOf(tags);
    }

    /** The most this attempt can cost: its own engine's ceiling, which may be below a hold made for a dearer one. A leaked hold has no cap left to tell. */
    Money worstCase(Money held) {
        return outputCap == 0 ? held : price.price().ceiling(inputBound, outputCap).min(held);
    }
}
