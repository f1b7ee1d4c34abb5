package io.weir.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Reads a JSON body, at most {@link Limits#BODY_BYTES}, refusing a larger one before it is buffered. */
final class Bodies {

    private Bodies() {}

    static byte[] read(HttpServerRequest request, InputStream body) throws IOException {
        checkType(request.getHeader("content-type"));
        if (request.getHeader("content-encoding") != null) {
            throw new Refusal(new GatewayError.UnsupportedMedia("Send the body without a content-encoding."));
        }
        if (declared(request) > Limits.BODY_BYTES) {
            throw new Refusal(new GatewayError.TooLarge(Limits.BODY_BYTES));
        }
        byte[] bytes = body.readNBytes(Limits.BODY_BYTES + 1);
        if (bytes.length > Limits.BODY_BYTES) {
            throw new Refusal(new GatewayError.TooLarge(Limits.BODY_BYTES));
        }
        return bytes;
    }

    private static long declared(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException malformed) {
            throw new Refusal(new GatewayError.Invalid("invalid_content_length", null, "Content-Length is not a number."));
        }
    }

    private static void checkType(String type) {
        String bare = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json")) {
            throw new Refusal(new GatewayError.UnsupportedMedia("Send the body as 'Content-Type: application/json'."));
        }
    }
}
