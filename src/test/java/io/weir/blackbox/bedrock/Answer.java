package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one call's answer, whole or as a stream, with at most one fault in it. Used by one thread. */
final class Answer {

    /** A fault ended the answer; the connection is already in the state that the fault asks for. */
    static final class EndedByFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EndedByFault() {
            super("ended by the injected fault", null, false, false);
        }
    }

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String EVENT_STREAM = "application/vnd.amazon.eventstream";
    private static final String SIGNATURE = "c2ltdWxhdGVkLXNpZ25hdHVyZQ==";

    private final Exchange exchange;
    private final Generation generation;
    private final Script script;
    private final @Nullable Fault fault;
    private final Runnable beforeEnd;
    private final Map<String, String> headers;
    private final long startNanos = System.nanoTime();
    private int frames;

    /** {@code beforeEnd} runs once everything is generated, before the client can see the end. */
    Answer(Exchange exchange, Generation generation, Script script, @Nullable Fault fault, Runnable beforeEnd) {
        this.exchange = exchange;
        this.generation = generation;
        this.script = script;
        this.fault = fault;
        this.beforeEnd = beforeEnd;
        this.headers = new HashMap<>();
    }

    void stream(String requestId) {
        exchange.pause(script.pace().beforeFirst());
        headers.put("x-amzn-requestid", requestId);
        headers.put("content-type", fault instanceof Fault.WrongContentType(String type) ? type : EVENT_STREAM);
        if (fault instanceof Fault.Reset(int after) && after == 0) {
            reset();
        }
        exchange.beginChunked(200, headers);
        checkAfterFrame();
        emit("messageStart", object().put("role", "assistant"));
        List<Script.Block> blocks = script.blocks();
        for (int i = 0; i < blocks.size() && !generation.over(); i++) {
            streamBlock(i, blocks.get(i));
        }
        emit("messageStop", object().put("stopReason", generation.stopReason()));
        if (!(fault instanceof Fault.NoUsage)) {
            ObjectNode metadata = object();
            metadata.set("usage", usage());
            metadata.set("metrics", metrics());
            beforeEnd.run();
            emit("metadata", metadata);
        }
        beforeEnd.run();
        if (fault instanceof Fault.CutAtByte) {
            cut();
        }
        exchange.endChunked();
    }

    private void streamBlock(int index, Script.Block block) {
        if (block instanceof Script.Tool(String id, String name, String _)) {
            ObjectNode start = object().put("contentBlockIndex", index);
            start.putObject("start").putObject("toolUse").put("toolUseId", id).put("name", name);
            emit("contentBlockStart", start);
        }
        Pieces pieces = generation.begin(block);
        Optional<String> text = nextDelta(pieces);
        while (text.isPresent()) {
            ObjectNode event = object().put("contentBlockIndex", index);
            event.set("delta", delta(block, text.get()));
            emit("contentBlockDelta", event);
            text = nextDelta(pieces);
        }
        if (block instanceof Script.Reasoning) {
            ObjectNode event = object().put("contentBlockIndex", index);
            event.putObject("delta").putObject("reasoningContent").put("signature", SIGNATURE);
            emit("contentBlockDelta", event);
        }
        emit("contentBlockStop", object().put("contentBlockIndex", index));
    }

    /** Waits for the pace, then generates. The step or pause comes first, so that nothing is generated before it is due. */
    private Optional<String> nextDelta(Pieces pieces) {
        if (!generation.goesOn(pieces)) {
            return Optional.empty();
        }
        if (generation.generated() > 0) {
            exchange.pause(script.pace().between());
        }
        Steps steps = script.pace().steps();
        if (steps != null) {
            steps.take(exchange);
        }
        exchange.throwIfGone();
        return Optional.of(generation.delta(pieces));
    }

    private static ObjectNode delta(Script.Block block, String text) {
        ObjectNode delta = object();
        switch (block) {
            case Script.Text _ -> delta.put("text", text);
            case Script.Reasoning _ -> delta.putObject("reasoningContent").put("text", text);
            case Script.Tool _ -> delta.putObject("toolUse").put("input", text);
        }
        return delta;
    }

    private void emit(String type, ObjectNode payload) {
        frames++;
        byte[] frame = EventFrames.event(type, payload, frames);
        if (fault instanceof Fault.BadCrc(int number) && number == frames) {
            frame = EventFrames.damaged(frame);
        }
        if (fault instanceof Fault.CutAtByte(int bytes) && exchange.bodyBytes() + frame.length > bytes) {
            exchange.chunk(Arrays.copyOf(frame, (int) (bytes - exchange.bodyBytes())));
            cut();
        }
        exchange.chunk(frame);
        checkAfterFrame();
    }

    private void checkAfterFrame() {
        if (fault instanceof Fault.SilentAfter(int after) && after == frames) {
            exchange.awaitGone();
        }
        if (fault instanceof Fault.Reset(int after) && after == frames) {
            reset();
        }
        if (fault instanceof Fault.EndEarly(int after) && after == frames) {
            exchange.endChunked();
            throw new EndedByFault();
        }
        if (fault instanceof Fault.ExceptionFrame(int after, String type, String message) && after == frames) {
            exchange.chunk(EventFrames.exception(type, message));
            exchange.endChunked();
            throw new EndedByFault();
        }
    }

    void whole(String requestId) {
        exchange.pause(script.pace().beforeFirst());
        ArrayNode content = NODES.arrayNode();
        List<Script.Block> blocks = script.blocks();
        for (int i = 0; i < blocks.size() && !generation.over(); i++) {
            content.add(wholeBlock(blocks.get(i)));
        }
        ObjectNode body = object();
        body.putObject("output").putObject("message").put("role", "assistant").set("content", content);
        body.put("stopReason", generation.stopReason());
        body.set("metrics", metrics());
        if (!(fault instanceof Fault.NoUsage)) {
            body.set("usage", usage());
        }
        headers.put("x-amzn-requestid", requestId);
        headers.put("content-type", fault instanceof Fault.WrongContentType(String type) ? type : "application/json");
        beforeEnd.run();
        writeWhole(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void writeWhole(byte[] body) {
        switch (fault) {
            case Fault.Reset _ -> reset();
            case Fault.SilentAfter _ -> exchange.awaitGone();
            case Fault.CutAtByte(int bytes) -> cutWhole(body, Math.min(bytes, body.length - 1));
            case Fault.EndEarly _ -> cutWhole(body, body.length / 2);
            case null, default -> exchange.respond(200, headers, body);
        }
    }

    private void cutWhole(byte[] body, int sent) {
        exchange.respondCut(headers, body, sent);
        throw new EndedByFault();
    }

    private ObjectNode wholeBlock(Script.Block block) {
        StringBuilder text = new StringBuilder();
        Pieces pieces = generation.begin(block);
        for (Optional<String> delta = nextDelta(pieces); delta.isPresent(); delta = nextDelta(pieces)) {
            text.append(delta.get());
        }
        ObjectNode node = object();
        switch (block) {
            case Script.Text _ -> node.put("text", text.toString());
            case Script.Reasoning _ -> node.putObject("reasoningContent").putObject("reasoningText").put("text", text.toString())
                    .put("signature", SIGNATURE);
            case Script.Tool(String id, String name, String input) -> node.putObject("toolUse").put("toolUseId", id).put("name", name)
                    .set("input", Json.parse(input));
        }
        return node;
    }

    private ObjectNode usage() {
        TokenMeter.Tokens tokens = generation.tokens();
        return object().put("inputTokens", tokens.input()).put("outputTokens", tokens.output())
                .put("totalTokens", tokens.input() + tokens.output() + tokens.cacheRead() + tokens.cacheWrite())
                .put("cacheReadInputTokens", tokens.cacheRead()).put("cacheWriteInputTokens", tokens.cacheWrite());
    }

    private ObjectNode metrics() {
        return object().put("latencyMs", Duration.ofNanos(System.nanoTime() - startNanos).toMillis());
    }

    private void cut() {
        exchange.closeNow();
        throw new EndedByFault();
    }

    private void reset() {
        exchange.reset();
        throw new EndedByFault();
    }

    private static ObjectNode object() {
        return NODES.objectNode();
    }
}
