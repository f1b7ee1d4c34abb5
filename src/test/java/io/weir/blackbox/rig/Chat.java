package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A chat request's body. The {@code with} methods give changed copies. */
public final class Chat {

    /** Over 500 characters and about refactoring: 0.7 by the published heuristic. */
    private static final String REFACTORING = "Refactor this service so that each stage of the order flow becomes its own class with one public "
            + "method, keep the order of the stages, and say which invariants each of them must hold. ";

    private final ObjectNode body;

    private Chat(ObjectNode body) {
        this.body = body;
    }

    /** One message to model {@code auto}. */
    public static Chat ask(String text) {
        ObjectNode body = Json.object().put("model", "auto");
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return new Chat(body);
    }

    /** A long refactoring prompt that ends with that text. */
    public static Chat refactoring(String end) {
        return ask(REFACTORING.repeat(4) + end);
    }

    public Chat with(String field, String value) {
        return changed(copy -> copy.put(field, value));
    }

    public Chat with(String field, long value) {
        return changed(copy -> copy.put(field, value));
    }

    public Chat with(String field, double value) {
        return changed(copy -> copy.put(field, value));
    }

    public Chat with(String field, JsonNode value) {
        return changed(copy -> copy.set(field, value));
    }

    /** A field whose value is written as JSON. */
    public Chat withJson(String field, String json) {
        return with(field, Json.parse(json));
    }

    public Chat without(String field) {
        return changed(copy -> copy.remove(field));
    }

    public Chat model(String name) {
        return with("model", name);
    }

    public Chat maxTokens(int most) {
        return with("max_tokens", (long) most);
    }

    /** Streamed, with usage at the end. */
    public Chat streamed() {
        return changed(copy -> {
            copy.put("stream", true);
            copy.putObject("stream_options").put("include_usage", true);
        });
    }

    /** Streamed, without usage. */
    public Chat streamedWithoutUsage() {
        return changed(copy -> copy.put("stream", true));
    }

    private interface Change {
        void on(ObjectNode copy);
    }

    private Chat changed(Change change) {
        ObjectNode copy = body.deepCopy();
        change.on(copy);
        return new Chat(copy);
    }

    /** The body as it goes out. */
    @Override
    public String toString() {
        return body.toString();
    }
}
