package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;

/** A whole HTTP answer. */
public record Reply(int status, HttpHeaders headers, String body) {

    public JsonNode json() {
        return Json.parse(body);
    }

    /** A header, or an empty text. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The server-made id of the request. */
    public String requestId() {
        return header("x-request-id");
    }

    /** {@code error.code} of an OpenAI error body, or an empty text. */
    public String code() {
        return json().path("error").path("code").asText();
    }

    /** {@code error.param} of an OpenAI error body, or an empty text. */
    public String param() {
        return json().path("error").path("param").asText("");
    }

    /** The answer's text. */
    public String content() {
        return json().path("choices").path(0).path("message").path("content").asText();
    }

    public String finishReason() {
        return json().path("choices").path(0).path("finish_reason").asText();
    }

    @Override
    public String toString() {
        return status + " " + headers.map() + " " + body;
    }
}
