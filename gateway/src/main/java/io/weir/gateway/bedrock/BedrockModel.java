package io.weir.gateway.bedrock;

import io.weir.router.Candidate;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.ServedModel;
import io.weir.router.score.Residency;

/**
 * A model of Bedrock's that this gateway may use.
 *
 * @param id its model id, inference profile id or ARN, as Bedrock takes it and the price book names it
 * @param limits its context window and output limit
 * @param residency how far a request travels
 */
public record BedrockModel(ModelId id, ModelLimits limits, Residency residency) {

    /** Bedrock has no health check of its own: it stands as up, and the guard around the engine keeps calls away from what fails. */
    ServedModel served() {
        return new ServedModel(id, limits, residency, Candidate.Health.UP);
    }
}
