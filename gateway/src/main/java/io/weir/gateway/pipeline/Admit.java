package io.weir.gateway.pipeline;

import io.weir.router.Candidates;
import io.weir.router.GatewayError;
import io.weir.router.Offer;
import io.weir.router.Refusal;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.admission.Admission;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Reservations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The stage that reserves the worst case, or refuses: one atomic act over all limits. */
public final class Admit {

    private final Reservations reservations;

    public Admit(Reservations reservations) {
        this.reservations = reservations;
    }

    public Grant reserve(Inbound inbound, Tenant tenant, Candidates candidates) {
        return granted(reservations.reserve(claim(inbound, tenant, 1, candidates.offers())));
    }

    /** Reserves one further attempt's own worst case. */
    public Admission extend(Inbound inbound, Tenant tenant, int attempt, Offer offer) {
        return reservations.reserve(claim(inbound, tenant, attempt, List.of(offer)));
    }

    /** What {@link #reserve} would answer; consumes nothing. */
    public Admission probe(Inbound inbound, Tenant tenant, Candidates candidates) {
        return reservations.probe(claim(inbound, tenant, 1, candidates.offers()));
    }

    static Grant granted(Admission admission) {
        return switch (admission) {
            case Admission.Granted granted -> granted.grant();
            case Admission.Refused refused -> throw new Refusal(error(refused));
        };
    }

    static GatewayError error(Admission.Refused refused) {
        return switch (refused.cause()) {
            case REQUEST_QUOTA -> rateLimited("requests per minute", refused);
            case TOKEN_QUOTA -> rateLimited("tokens per minute", refused);
            case ABOVE_TOKEN_CAPACITY -> new GatewayError.Invalid(
                    "above_quota", "max_tokens", "Input and max_tokens together are above the tokens a minute allows. Ask for fewer.");
            case BUDGET_EXHAUSTED, ABOVE_BUDGET -> new GatewayError.BudgetExhausted(refused.retryAfter());
            case BUDGET_HELD -> new GatewayError.BudgetHeld();
            case STORES_AWAY -> new GatewayError.StoresAway();
        };
    }

    private static GatewayError rateLimited(String quota, Admission.Refused refused) {
        return new GatewayError.RateLimited(quota, Objects.requireNonNull(refused.retryAfter()));
    }

    private static Claim claim(Inbound inbound, Tenant tenant, int attempt, List<Offer> offers) {
        List<Offer> dearestFirst = new ArrayList<>(offers);
        dearestFirst.sort(Comparator.comparing(Offer::ceiling).reversed());
        List<Claim.Step> steps = new ArrayList<>();
        long tokens = 0;
        for (Offer offer : dearestFirst.reversed()) {
            tokens = Math.max(tokens, offer.tokens());
            steps.addFirst(new Claim.Step(offer.ceiling(), tokens));
        }
        return new Claim(inbound.id(), attempt, inbound.caller(), tenant.limits(), steps);
    }
}
