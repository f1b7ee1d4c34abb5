package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** One call as the engine by script saw it. Any thread reads; counts settle when {@link #isOver()}. */
public final class EngineCallSeen {

    private final JsonNode body;
    private final String head;
    final CompletableFuture<Long> gone = new CompletableFuture<>();
    private volatile int delivered;
    private volatile boolean over;

    EngineCallSeen(String head, JsonNode body) {
        this.head = head;
        this.body = body;
    }

    /** The request's JSON. */
    public JsonNode body() {
        return body;
    }

    /** Request line and headers. */
    public String head() {
        return head;
    }

    public boolean isStreaming() {
        return body.path("stream").asBoolean();
    }

    public int maxTokens() {
        return body.path("max_tokens").asInt();
    }

    /** The text of the last message. */
    public String lastText() {
        JsonNode messages = body.path("messages");
        return messages.path(messages.size() - 1).path("content").asText();
    }

    /** The engine's own count of the prompt: its words, and four for each message. */
    public int promptTokens() {
        int count = 0;
        for (JsonNode message : body.path("messages")) {
            count += 4 + message.path("content").asText().strip().split("\\s+").length;
        }
        return count;
    }

    /** Tokens generated so far. */
    public int delivered() {
        return delivered;
    }

    public boolean isOver() {
        return over;
    }

    /** When the client's closing in the middle of the answer was seen, by {@link System#nanoTime()} of this process. */
    public OptionalLong goneNanos() {
        Long at = gone.getNow(null);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    void count() {
        delivered = delivered + 1;
    }

    void end() {
        over = true;
    }

    @Override
    public String toString() {
        return "EngineCallSeen[delivered=" + delivered + ", over=" + over + ", gone=" + gone.isDone() + "]";
    }
}
