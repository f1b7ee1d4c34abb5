package io.weir.gateway.pipeline;

import io.weir.gateway.dialect.ParsedChat;
import io.weir.router.Candidates;
import io.weir.router.Classified;
import io.weir.router.Decision;
import io.weir.router.Money;
import io.weir.router.Offer;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.admission.Admission;
import org.jspecify.annotations.Nullable;

/**
 * Says what {@link ChatPipeline} would decide about a request, by asking the same stages; calls no engine and consumes nothing (law 9).
 */
public final class Explain {

    private final Stages stages;

    public Explain(Stages stages) {
        this.stages = stages;
    }

    /** Throws {@code Refusal} for a request that is none. */
    public Explanation of(Inbound inbound) {
        Tenant tenant = stages.tenants().of(inbound.caller());
        ParsedChat asked = stages.parse().chat(inbound.body(), tenant);
        Classified classified = stages.classify().of(asked.request(), tenant.policy());
        Candidates candidates = stages.enumerate().of(classified, inbound.at());
        if (candidates.offers().isEmpty()) {
            return new Explanation(candidates, null, null, Money.ZERO);
        }
        Admission admission = stages.admit().probe(inbound, tenant, candidates);
        Money held = switch (admission) {
            case Admission.Granted granted -> granted.grant().held();
            case Admission.Refused refused -> dearest(candidates);
        };
        return new Explanation(candidates, stages.router().decide(candidates, held), admission, held);
    }

    private static Money dearest(Candidates candidates) {
        return candidates.offers().stream().map(Offer::ceiling).reduce(Money.ZERO, Money::max);
    }

    /**
     * @param candidates who could answer, and who not and why
     * @param decision what would be decided; null where nobody may answer
     * @param admission whether it would be admitted now; null where nobody may answer
     * @param ceiling what would be reserved: the dearest affordable worst case
     */
    public record Explanation(
            Candidates candidates, @Nullable Decision decision, @Nullable Admission admission, Money ceiling) {}
}
