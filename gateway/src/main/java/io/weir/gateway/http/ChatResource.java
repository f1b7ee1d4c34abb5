package io.weir.gateway.http;

import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.pipeline.ChatPipeline;
import io.weir.gateway.pipeline.Inbound;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.Callers;
import io.weir.router.CancelToken;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.Tasks;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;

/**
 * {@code POST /v1/chat/completions}. Authorized and read on the event loop, without a hop; the pipeline runs on a virtual thread of its own and writes the
 * answer straight to Vert.x. JAX-RS is never told of its end: nothing is left for it to write.
 */
@Path("/v1/chat/completions")
@Consumes(MediaType.WILDCARD)
@RolesAllowed(BearerMechanism.CALLER)
@NonBlocking
public class ChatResource {

    private final ChatPipeline pipeline;
    private final InFlight inFlight;
    private final Callers callers;
    private final RequestIds ids;
    private final Clock clock;
    private final Tasks tasks;

    ChatResource(ChatPipeline pipeline, InFlight inFlight, Callers callers, RequestIds ids, Clock clock, Tasks tasks) {
        this.pipeline = pipeline;
        this.inFlight = inFlight;
        this.callers = callers;
        this.ids = ids;
        this.clock = clock;
        this.tasks = tasks;
    }

    @POST
    public void chat(byte[] body, @Context RoutingContext context, @Suspended AsyncResponse answeredByThePipeline) {
        Instant now = clock.instant();
        Bodies.check(context.request());
        Inbound inbound = new Inbound(ids.of(context), callers.current(), body, now);
        CancelToken cancel = new CancelToken();
        if (!inFlight.enter(cancel)) {
            throw new Refusal(new GatewayError.Overloaded("This gateway has too much under way or is going down. Try again soon."));
        }
        OpenAiSink sink = new OpenAiSink(new SseResponse(context, cancel::cancel), now);
        tasks.start("chat", () -> {
            try {
                pipeline.serve(inbound, sink, cancel);
            } finally {
                inFlight.leave(cancel);
            }
        });
    }
}
