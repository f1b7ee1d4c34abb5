package io.weir.gateway.http;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.dialect.OpenAiErrorWriter;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.Limits;
import io.weir.tenancy.ledger.Ledger;
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
    public Response refusal(Refusal refusal, RoutingContext context) {
        return answer(refusal.error(), context);
    }

    @ServerExceptionMapper
    public Response failed(AuthenticationFailedException failed, RoutingContext context) {
        return answer(new GatewayError.Unauthenticated(), context);
    }

    @ServerExceptionMapper
    public Response anonymous(UnauthorizedException anonymous, RoutingContext context) {
        return answer(new GatewayError.Unauthenticated(), context);
    }

    @ServerExceptionMapper
    public Response forbidden(ForbiddenException forbidden, RoutingContext context) {
        return answer(new GatewayError.Forbidden("This key may not do that."), context);
    }

    @ServerExceptionMapper
    public Response away(Ledger.Unavailable away, RoutingContext context) {
        return answer(new GatewayError.StoresAway(), context);
    }

    @ServerExceptionMapper
    public Response http(WebApplicationException exception, RoutingContext context) {
        return answer(
                switch (exception.getResponse().getStatus()) {
                    case 404 -> new GatewayError.NotFound("No such path. The API is described in the README.");
                    case 405 -> new GatewayError.MethodNotAllowed();
                    case 413 -> new GatewayError.TooLarge(Limits.BODY_BYTES);
                    case 415, 406 -> new GatewayError.UnsupportedMedia("Send and accept application/json.");
                    case 400 -> new GatewayError.Invalid("invalid_request", null, "The request is malformed.");
                    default -> new GatewayError.Internal();
                },
                context);
    }

    @ServerExceptionMapper
    public Response fault(Throwable fault, RoutingContext context) {
        LOG.errorv(fault, "request faulted: requestId={0}", ids.of(context));
        return answer(new GatewayError.Internal(), context);
    }

    private Response answer(GatewayError error, RoutingContext context) {
        Response.ResponseBuilder response = Response.status(error.status())
                .type("application/json")
                .header(RequestIds.HEADER, ids.of(context).toString())
                .entity(OpenAiErrorWriter.body(error));
        ErrorHeaders.of(error).forEach(response::header);
        return response.build();
    }
}
