package io.weir.gateway.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.dialect.OpenAiErrorWriter;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.Limits;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a body must be before anybody looks into it: JSON, without a coding, at most {@link Limits#BODY_BYTES}. A declared length above that is refused
 * before routing, and so before anything is buffered; the HTTP server itself ends a body that grows beyond it undeclared.
 */
@Singleton
public class Bodies {

    /** After the request id, before everything else. */
    private static final int SECOND = 9_000;

    void register(@Observes Filters filters) {
        filters.register(Bodies::refuseLarge, SECOND);
    }

    static void check(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        String bare = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json")) {
            throw new Refusal(new GatewayError.UnsupportedMedia("Send the body as 'Content-Type: application/json'."));
        }
        if (request.getHeader("content-encoding") != null) {
            throw new Refusal(new GatewayError.UnsupportedMedia("Send the body without a content-encoding."));
        }
    }

    private static void refuseLarge(RoutingContext context) {
        if (!declaresTooMuch(context.request().getHeader("content-length"))) {
            context.next();
            return;
        }
        GatewayError error = new GatewayError.TooLarge(Limits.BODY_BYTES);
        HttpServerResponse response = context.response().setStatusCode(error.status()).putHeader("content-type", "application/json");
        ErrorHeaders.of(error).forEach(response::putHeader);
        response.end(Buffer.buffer(OpenAiErrorWriter.body(error)));
    }

    /** A length that is no number is the HTTP server's to refuse. */
    private static boolean declaresTooMuch(@Nullable String length) {
        try {
            return length != null && Long.parseLong(length) > Limits.BODY_BYTES;
        } catch (NumberFormatException malformed) {
            return false;
        }
    }
}
