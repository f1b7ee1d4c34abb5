package io.weir.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.dialect.WeirDecisionWriter;
import io.weir.gateway.pipeline.Explain;
import io.weir.gateway.pipeline.Explain.Explanation;
import io.weir.gateway.pipeline.Inbound;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.Callers;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;

/** {@code POST /v1/route/explain}: what would happen to a chat request, and why. Calls no engine, consumes nothing. */
@Path("/v1/route/explain")
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(BearerMechanism.CALLER)
@RunOnVirtualThread
public class ExplainResource {

    private final Explain explain;
    private final Callers callers;
    private final RequestIds ids;
    private final Clock clock;

    ExplainResource(Explain explain, Callers callers, RequestIds ids, Clock clock) {
        this.explain = explain;
        this.callers = callers;
        this.ids = ids;
        this.clock = clock;
    }

    @POST
    public byte[] explain(byte[] body, @Context RoutingContext context) {
        Bodies.check(context.request());
        Explanation explanation = explain.of(new Inbound(ids.of(context), callers.current(), body, clock.instant()));
        return WeirDecisionWriter.explanation(
                explanation.candidates(), explanation.decision(), explanation.admission(), explanation.ceiling());
    }
}
