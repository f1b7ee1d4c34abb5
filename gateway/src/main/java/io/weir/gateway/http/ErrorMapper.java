package io.weir.gateway.http;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.dialect.OpenAiErrorWriter;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.Limits;
import io.weir.tenancy.Unavailable;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever a resource throws into one error body; nothing of an unexpected fault reaches the caller. */
public class ErrorMapper {

    private static final Logger LOG = Logger.getLogger(ErrorMapper.class);

    private final RequestIds ids;

    ErrorMapper(RequestIds ids) {
        this.ids = ids;
    }

    @ServerExceptionMapper
    public Response refusal(Refusal refusal) {
        return answer(refusal.error());
    }

    @ServerExceptionMapper
    public Response anonymous(UnauthorizedException anonymous) {
        return answer(new GatewayError.Unauthenticated());
    }

    @ServerExceptionMapper
    public Response forbidden(ForbiddenException forbidden) {
        return answer(new GatewayError.Forbidden("This key may not do that."));
    }

    @ServerExceptionMapper
    public Response away(Unavailable away) {
        return answer(new GatewayError.StoresAway());
    }

    @ServerExceptionMapper
    public Response http(WebApplicationException exception) {
        return answer(
                switch (exception.getResponse().getStatus()) {
                    case 404 -> new GatewayError.NotFound("No such path. The API is described in the README.");
                    case 405 -> new GatewayError.MethodNotAllowed();
                    case 413 -> new GatewayError.TooLarge(Limits.BODY_BYTES);
                    case 415, 406 -> new GatewayError.UnsupportedMedia("Send and accept application/json.");
                    case 400 -> new GatewayError.Invalid("invalid_request", null, "The request is malformed.");
                    default -> new GatewayError.Internal();
                });
    }

    @ServerExceptionMapper
    public Response fault(Throwable fault, RoutingContext context) {
        LOG.errorv(fault, "request faulted: requestId={0}", ids.of(context));
        return answer(new GatewayError.Internal());
    }

    private static Response answer(GatewayError error) {
        Response.ResponseBuilder response =
                Response.status(error.status()).type("application/json").entity(OpenAiErrorWriter.body(error));
        ErrorHeaders.of(error).forEach(response::header);
        return response.build();
    }
}
