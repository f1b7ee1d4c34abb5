package io.weir.gateway.pipeline;

import io.weir.router.RoutingPolicy;
import io.weir.tenancy.ApiKey;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.Tenants;
import io.weir.tenancy.Unsupported;
import java.util.Optional;

/** Every caller belongs to one tenant; the pipeline changes nothing of it. */
final class OneTenant implements Tenants {

    private final RoutingPolicy policy;
    private final Unsupported unsupported;

    OneTenant(RoutingPolicy policy, Unsupported unsupported) {
        this.policy = policy;
        this.unsupported = unsupported;
    }

    @Override
    public Optional<ApiKey> findKey(byte[] sha256) {
        throw new AssertionError("the caller is known");
    }

    @Override
    public Optional<Tenant> find(OrganisationId organisation, TenantId tenant) {
        return Optional.of(new Tenant(tenant, "Blue", TenantLimits.NONE, policy, unsupported));
    }

    @Override
    public boolean create(OrganisationId organisation, Tenant tenant) {
        throw new AssertionError("the pipeline creates no tenant");
    }

    @Override
    public boolean addKey(ApiKey key, byte[] sha256) {
        throw new AssertionError("the pipeline adds no key");
    }

    @Override
    public boolean revokeKey(OrganisationId organisation, KeyId key) {
        throw new AssertionError("the pipeline revokes no key");
    }

    @Override
    public boolean setLimits(OrganisationId organisation, TenantId tenant, TenantLimits limits) {
        throw new AssertionError("the pipeline sets no limits");
    }
}
