package io.weir.gateway.admin;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.dialect.WeirLedgerWriter;
import io.weir.gateway.http.Span;
import io.weir.gateway.security.BearerMechanism;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.ledger.Ledger;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import org.jspecify.annotations.Nullable;

/** {@code /admin/v1/usage}: tokens and cost of every tenant, over a half-open span. */
@Path("/admin/v1/usage")
@Produces("application/json")
@RolesAllowed(BearerMechanism.PLATFORM_ADMIN)
@RunOnVirtualThread
public class UsageResource {

    private final OrganisationId organisation;
    private final Ledger ledger;

    UsageResource(OrganisationId organisation, Ledger ledger) {
        this.organisation = organisation;
        this.ledger = ledger;
    }

    @GET
    public byte[] usage(
            @QueryParam("from") @Nullable String from, @QueryParam("to") @Nullable String to, @QueryParam("tenant") @Nullable String tenant) {
        Ledger.UsageQuery query = new Ledger.UsageQuery(
                organisation,
                tenant == null ? null : new TenantId(Fields.id(tenant, "tenant")),
                Span.instant(from, "from"),
                Span.instant(to, "to"));
        return WeirLedgerWriter.usage(query.from(), query.to(), ledger.usage(query));
    }
}
