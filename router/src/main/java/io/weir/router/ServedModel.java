package io.weir.router;

import io.weir.router.score.Residency;

/**
 * A model as its engine offers it now.
 *
 * @param model its name
 * @param limits its context window and output limit
 * @param residency how far a request travels when it goes there
 * @param health what the engine's own checks say
 */
public record ServedModel(ModelId model, ModelLimits limits, Residency residency, Candidate.Health health) {}
