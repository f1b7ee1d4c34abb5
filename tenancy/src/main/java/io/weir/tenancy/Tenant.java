package io.weir.tenancy;

import io.weir.router.RoutingPolicy;

/**
 * A tenant as every replica knows it.
 *
 * @param id unique in its organisation
 * @param name for people
 * @param limits what it may spend
 * @param policy how its requests are routed
 * @param unsupported what becomes of a field of its requests that is known but not built
 */
public record Tenant(TenantId id, String name, TenantLimits limits, RoutingPolicy policy, Unsupported unsupported) {

    /** A tenant whose requests are read strictly. */
    public Tenant(TenantId id, String name, TenantLimits limits, RoutingPolicy policy) {
        this(id, name, limits, policy, Unsupported.REFUSE);
    }
}
