package io.weir.tenancy;

import io.weir.router.RoutingPolicy;

/**
 * A tenant as every replica knows it.
 *
 * @param id unique in its organisation
 * @param name for people
 * @param limits what it may spend
 * @param policy how its requests are routed
 */
public record Tenant(TenantId id, String name, TenantLimits limits, RoutingPolicy policy) {}
