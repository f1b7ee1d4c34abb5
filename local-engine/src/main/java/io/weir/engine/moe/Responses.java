package io.weir.engine.moe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpServerResponse;

/** Whole HTTP answers. On the event loop. */
final class Responses {
    private static final String RETRY_SECONDS = "1";

    private Responses() {}

    static void json(HttpServerResponse response, int status, ObjectNode body) {
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(status).putHeader("content-type", "application/json").end(Json.write(body));
        }
    }

    static void error(HttpServerResponse response, ApiException error) {
        if (error.status() == 503) {
            response.putHeader("retry-after", RETRY_SECONDS);
        }
        json(response, error.status(), body(error));
    }

    /** vLLM's error body. */
    static ObjectNode body(ApiException error) {
        ObjectNode body = Json.object();
        body.putObject("error").put("message", error.getMessage()).put("type", error.type()).putNull("param").put("code", error.status());
        return body;
    }
}
