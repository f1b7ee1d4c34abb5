package io.weir.gateway.dialect;

import io.weir.router.GatewayError;

/** Writes errors as OpenAI does: the body of every answer that is one, and the event that ends a broken stream. Thread-safe. */
public final class OpenAiErrorWriter {

    private OpenAiErrorWriter() {}

    /** {@code {"error":{"message","type","param","code"}}}. */
    public static byte[] body(GatewayError error) {
        return JsonOut.object(out -> {
            out.writeObjectFieldStart("error");
            JsonOut.text(out, "message", error.message());
            out.writeStringField("type", type(error));
            JsonOut.text(out, "param", error.param());
            out.writeStringField("code", error.code());
            out.writeEndObject();
        });
    }

    static String type(GatewayError error) {
        return switch (error) {
            case GatewayError.Invalid invalid -> "invalid_request_error";
            case GatewayError.TooLarge tooLarge -> "invalid_request_error";
            case GatewayError.UnsupportedMedia media -> "invalid_request_error";
            case GatewayError.ModelNotFound notFound -> "invalid_request_error";
            case GatewayError.NotFound notFound -> "invalid_request_error";
            case GatewayError.MethodNotAllowed method -> "invalid_request_error";
            case GatewayError.Conflict conflict -> "invalid_request_error";
            case GatewayError.Unauthenticated unauthenticated -> "authentication_error";
            case GatewayError.Forbidden forbidden -> "permission_error";
            case GatewayError.RateLimited limited -> "rate_limit_error";
            case GatewayError.BudgetExhausted exhausted -> "insufficient_quota";
            case GatewayError.BudgetHeld held -> "insufficient_quota";
            case GatewayError.StoresAway away -> "server_error";
            case GatewayError.NoEngine none -> "server_error";
            case GatewayError.EngineFailed failed -> "server_error";
            case GatewayError.EngineThrottled throttled -> "server_error";
            case GatewayError.EngineTimedOut timedOut -> "server_error";
            case GatewayError.Overloaded overloaded -> "server_error";
            case GatewayError.Internal internal -> "server_error";
        };
    }
}
