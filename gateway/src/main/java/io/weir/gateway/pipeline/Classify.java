package io.weir.gateway.pipeline;

import io.weir.router.Classified;
import io.weir.router.RoutingPolicy;
import io.weir.router.chat.ChatRequest;
import io.weir.router.score.ComplexityScorer;

/** The stage that says how hard a request is and how far it may travel. */
public final class Classify {

    private final ComplexityScorer scorer;

    public Classify(ComplexityScorer scorer) {
        this.scorer = scorer;
    }

    public Classified of(ChatRequest request, RoutingPolicy policy) {
        return new Classified(request, scorer.score(request), policy.sensitivity(), policy);
    }
}
