package io.weir.gateway.pipeline;

import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.tenancy.Caller;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.Tenants;

/** Looks up the tenant of a caller, from memory. */
public final class TenantOf {

    private final Tenants tenants;

    public TenantOf(Tenants tenants) {
        this.tenants = tenants;
    }

    public Tenant of(Caller caller) {
        return tenants.find(caller.organisation(), caller.tenant()).orElseThrow(() -> new Refusal(new GatewayError.Unauthenticated()));
    }
}
