package io.weir.router;

import io.weir.router.score.Residency;
import org.jspecify.annotations.Nullable;

/**
 * One model on one engine that could answer, as it stands now.
 *
 * @param engine the engine that serves it
 * @param route where that engine stands
 * @param model the model's own name
 * @param limits its context window and output limit
 * @param residency how far a request travels when it goes there
 * @param price its price in force, or null while none is known: such a candidate is always rejected
 * @param health what the engine's own checks say
 */
public record Candidate(
        EngineId engine, Route route, ModelId model, ModelLimits limits, Residency residency, @Nullable PriceVersion price, Health health) {

    /** The live state of a candidate's engine. */
    public enum Health {
        UP,
        DOWN
    }
}
