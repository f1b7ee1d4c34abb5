package io.weir.gateway.pipeline;

import io.weir.router.Candidates;
import io.weir.router.Classified;
import io.weir.router.GatewayError;
import io.weir.router.ModelLimits;
import io.weir.router.Refusal;
import io.weir.router.Rejection;
import io.weir.router.Router;
import java.time.Instant;
import java.util.List;

/** The stage that finds who may answer: capability, fence, health, price. */
public final class Enumerate {

    private final Engines engines;
    private final Router router;

    public Enumerate(Engines engines, Router router) {
        this.engines = engines;
        this.router = router;
    }

    /** Everybody who may answer, best first; may be empty (explain shows why). */
    public Candidates of(Classified classified, Instant at) {
        return router.candidates(classified, engines.candidates(at));
    }

    /** As {@link #of}, refusing where nobody may. */
    public Candidates atLeastOne(Classified classified, Instant at) {
        Candidates candidates = of(classified, at);
        if (candidates.offers().isEmpty()) {
            throw new Refusal(whyNobody(candidates.rejected()));
        }
        return candidates;
    }

    private static GatewayError whyNobody(List<Rejection> rejected) {
        if (rejected.stream().allMatch(one -> one.reason().equals("not_asked") || one.reason().equals("not_allowed"))) {
            return new GatewayError.ModelNotFound();
        }
        if (has(rejected, "context_window")) {
            return new GatewayError.Invalid(
                    "context_length_exceeded", "messages", "The conversation does not fit the context window of any model that may answer.");
        }
        for (ModelLimits.Wish wish : ModelLimits.Wish.values()) {
            if (has(rejected, "lacks_" + wish.field())) {
                return new GatewayError.Invalid(
                        "unsupported_parameter", wish.field(), "No model that may answer honours this value of the field. Leave it out.");
            }
        }
        if (has(rejected, "price_unknown")) {
            return new GatewayError.NoEngine("No price is known for a model that could answer, so it is not asked. A platform admin can add one.");
        }
        if (has(rejected, "fence") && !has(rejected, "down")) {
            return new GatewayError.Forbidden("This request may not leave the premises, and no model there fits it.");
        }
        return new GatewayError.NoEngine("No engine that may answer is up. Try again soon.");
    }

    private static boolean has(List<Rejection> rejected, String reason) {
        return rejected.stream().anyMatch(one -> one.reason().equals(reason));
    }
}
