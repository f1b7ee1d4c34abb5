package io.weir.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.dialect.WeirLedgerWriter;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.Callers;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.RequestId;
import io.weir.tenancy.Caller;
import io.weir.tenancy.ledger.Ledger;
import io.weir.tenancy.ledger.Ledger.UsageQuery;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/requests/{id}} and {@code GET /v1/usage}: what the caller's own tenant was booked. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(BearerMechanism.CALLER)
@RunOnVirtualThread
public class LedgerResource {

    private static final String CHAT = "chatcmpl-";

    private final Ledger ledger;
    private final Callers callers;

    LedgerResource(Ledger ledger, Callers callers) {
        this.ledger = ledger;
        this.callers = callers;
    }

    /** Takes the request id, with or without {@code chatcmpl-} before it. */
    @GET
    @Path("requests/{id}")
    public byte[] receipt(@PathParam("id") String id) {
        Caller caller = callers.current();
        return parse(id)
                .flatMap(request -> ledger.receipt(caller.organisation(), caller.tenant(), request))
                .map(WeirLedgerWriter::receipt)
                .orElseThrow(() -> new Refusal(new GatewayError.NotFound("There is no such request of your tenant.")));
    }

    @GET
    @Path("usage")
    public byte[] usage(@QueryParam("from") @Nullable String from, @QueryParam("to") @Nullable String to) {
        Caller caller = callers.current();
        UsageQuery query = new UsageQuery(caller.organisation(), caller.tenant(), Span.instant(from, "from"), Span.instant(to, "to"));
        return WeirLedgerWriter.usage(query.from(), query.to(), ledger.usage(query));
    }

    private static Optional<RequestId> parse(String id) {
        try {
            return Optional.of(RequestId.parse(id.startsWith(CHAT) ? id.substring(CHAT.length()) : id));
        } catch (IllegalArgumentException noId) {
            return Optional.empty();
        }
    }
}
