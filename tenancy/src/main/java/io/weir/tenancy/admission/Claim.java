package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.tenancy.Caller;
import io.weir.tenancy.TenantLimits;
import java.util.List;

/**
 * What one attempt asks to have reserved: one atomic act over all limits.
 *
 * @param request the request, and so the reservation
 * @param attempt 1 to 3; only the first counts against the request quota
 * @param caller for whom
 * @param limits the tenant's limits as this replica knows them
 * @param steps worst cases, dearest first: the first that fits everywhere is held
 */
public record Claim(RequestId request, int attempt, Caller caller, TenantLimits limits, List<Step> steps) {

    public Claim {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a claim has at least one worst case");
        }
    }

    /**
     * One worst case.
     *
     * @param ceiling money
     * @param tokens input bound + output cap
     */
    public record Step(Money ceiling, long tokens) {}
}
