package io.weir.tenancy;

import io.weir.router.Money;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's limits; null means none.
 *
 * @param requestsPerMinute capacity and refill of the request bucket
 * @param tokensPerMinute capacity and refill of the token bucket (input and output together)
 * @param monthlyBudget money per calendar month, UTC
 */
public record TenantLimits(@Nullable Long requestsPerMinute, @Nullable Long tokensPerMinute, @Nullable Money monthlyBudget) {

    public static final TenantLimits NONE = new TenantLimits(null, null, null);
}
