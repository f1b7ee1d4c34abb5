package io.weir.gateway.admin;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.security.BearerMechanism;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Tenants;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** {@code /admin/v1/keys}: revocation. */
@Path("/admin/v1/keys")
@RolesAllowed(BearerMechanism.PLATFORM_ADMIN)
@RunOnVirtualThread
public class KeysResource {

    private final OrganisationId organisation;
    private final Tenants tenants;

    KeysResource(OrganisationId organisation, Tenants tenants) {
        this.organisation = organisation;
        this.tenants = tenants;
    }

    /** Revoked here at once, on every replica within 2 s. */
    @DELETE
    @Path("{id}")
    public void revoke(@PathParam("id") String id) {
        if (!tenants.revokeKey(organisation, new KeyId(Fields.id(id, "id")))) {
            throw new Refusal(new GatewayError.NotFound("There is no such key."));
        }
    }
}
