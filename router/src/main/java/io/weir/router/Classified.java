package io.weir.router;

import io.weir.router.chat.ChatRequest;
import io.weir.router.score.Complexity;
import io.weir.router.score.Sensitivity;

/**
 * A request with what the classifiers say of it.
 *
 * @param request the canonical request
 * @param complexity how hard it is, with the evidence
 * @param sensitivity how far it may travel
 * @param policy the tenant's routing policy
 */
public record Classified(ChatRequest request, Complexity complexity, Sensitivity sensitivity, RoutingPolicy policy) {}
