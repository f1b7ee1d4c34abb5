package io.weir.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.pipeline.ChatPipeline;
import io.weir.gateway.pipeline.Inbound;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.Callers;
import io.weir.router.CancelToken;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;

/**
 * {@code POST /v1/chat/completions}. The pipeline writes the answer straight to Vert.x; the method returns when the last byte is handed over.
 */
@Path("/v1/chat/completions")
@Consumes(MediaType.WILDCARD)
@RolesAllowed(BearerMechanism.CALLER)
@RunOnVirtualThread
public class ChatResource {

    private final ChatPipeline pipeline;
    private final InFlight inFlight;
    private final Callers callers;
    private final RequestIds ids;
    private final Clock clock;

    ChatResource(ChatPipeline pipeline, InFlight inFlight, Callers callers, RequestIds ids, Clock clock) {
        this.pipeline = pipeline;
        this.inFlight = inFlight;
        this.callers = callers;
        this.ids = ids;
        this.clock = clock;
    }

    @POST
    public void chat(InputStream body, @Context RoutingContext context) throws IOException {
        Instant now = clock.instant();
        byte[] bytes = Bodies.read(context.request(), body);
        CancelToken cancel = new CancelToken();
        if (!inFlight.enter(cancel)) {
            throw new Refusal(new GatewayError.Overloaded("This gateway has too much under way or is going down. Try again soon."));
        }
        try {
            Inbound inbound = new Inbound(ids.of(context), callers.current(), bytes, now);
            SseResponse response = new SseResponse(context, cancel::cancel);
            pipeline.serve(inbound, new OpenAiSink(response, now), cancel);
        } finally {
            inFlight.leave(cancel);
        }
    }
}
