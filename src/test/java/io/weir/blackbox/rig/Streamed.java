package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer by server-sent events, read to its end and taken apart strictly: every event is one {@code data:} line and a blank one.
 *
 * @param status of the response
 * @param headers of the response
 * @param body  as it came
 * @param data  what the events carried, in order
 */
public record Streamed(int status, HttpHeaders headers, String body, List<String> data) {

    public Streamed {
        data = List.copyOf(data);
    }

    static Streamed read(HttpResponse<InputStream> response) {
        String body;
        try (InputStream in = response.body()) {
            body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return new Streamed(response.statusCode(), response.headers(), body, response.statusCode() == 200 ? events(body) : List.of());
    }

    private static List<String> events(String body) {
        List<String> data = new ArrayList<>();
        if (!body.endsWith("\n\n")) {
            throw new AssertionError("the stream does not end with an event's end: " + body);
        }
        for (String event : body.substring(0, body.length() - 2).split("\n\n", -1)) {
            if (!event.startsWith("data: ") || event.contains("\n")) {
                throw new AssertionError("not one data line: " + event);
            }
            data.add(event.substring("data: ".length()));
        }
        return data;
    }

    public Reply reply() {
        return new Reply(status, headers, body);
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    public String requestId() {
        return header("x-request-id");
    }

    /** Whether the last event, and only the last, is {@code [DONE]}. */
    public boolean isDone() {
        return data.indexOf("[DONE]") == data.size() - 1 && !data.isEmpty();
    }

    /** The events but {@code [DONE]}. */
    public List<JsonNode> events() {
        return data.stream().filter(event -> !event.equals("[DONE]")).map(Json::parse).toList();
    }

    public String content() {
        return joined("content");
    }

    public String reasoning() {
        return joined("reasoning_content");
    }

    private String joined(String field) {
        StringBuilder text = new StringBuilder();
        events().forEach(event -> text.append(event.path("choices").path(0).path("delta").path(field).asText("")));
        return text.toString();
    }

    public String finishReason() {
        return events().stream().map(event -> event.path("choices").path(0).path("finish_reason"))
                .filter(JsonNode::isTextual).map(JsonNode::asText).reduce((first, second) -> {
                    throw new AssertionError("two finish reasons");
                }).orElse("");
    }

    /** The usage event. */
    public JsonNode usage() {
        return events().stream().map(event -> event.path("usage")).filter(JsonNode::isObject).reduce((first, second) -> {
            throw new AssertionError("two usage events");
        }).orElseThrow(() -> new AssertionError("no usage in " + data));
    }
}
