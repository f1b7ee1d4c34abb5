package io.weir.gateway.dialect;

import io.weir.router.ModelId;
import io.weir.router.RequestId;
import java.time.Instant;

/**
 * What every piece of one answer repeats.
 *
 * @param request the request answered
 * @param created when
 * @param model who answers: the model's own name, never {@code auto}
 */
public record ChatHead(RequestId request, Instant created, ModelId model) {}
