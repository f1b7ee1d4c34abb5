package io.weir.engine.moe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a model's text into reasoning, content and tool calls while it comes: {@code <think>..</think>} as vLLM's reasoning parsers do, and
 * {@code <tool_call>..</tool_call>} as its hermes parser. Holds back only what could be the beginning of a marker, and a tool call until it is whole.
 * Used by one request, on one thread.
 */
final class ChatOutputParser {
    private static final String THINK_BEGIN = "<think>";
    private static final String THINK_END = "</think>";
    private static final String CALL_BEGIN = "<tool_call>";
    private static final String CALL_END = "</tool_call>";

    /** One piece of the answer. */
    sealed interface Part {
        record Reasoning(String text) implements Part {}

        record Content(String text) implements Part {}

        /**
         * A whole call.
         *
         * @param arguments a JSON object as text
         */
        record ToolCall(String name, String arguments) implements Part {}
    }

    private enum State { START, REASONING, CONTENT, CALL }

    private final boolean toolsOffered;
    private final StringBuilder held = new StringBuilder();
    private State state;

    private ChatOutputParser(State state, boolean toolsOffered) {
        this.state = state;
        this.toolsOffered = toolsOffered;
    }

    /** For an answer whose prompt ends as given: a prompt that ends in {@code <think>} has the model begin in its reasoning. */
    static ChatOutputParser after(String prompt, List<Object> tools) {
        return new ChatOutputParser(prompt.endsWith(THINK_BEGIN) ? State.REASONING : State.START, !tools.isEmpty());
    }

    /** Takes text and returns what is certain now, in order. */
    List<Part> add(String text) {
        held.append(text);
        List<Part> parts = new ArrayList<>();
        while (advance(parts)) {
            // each turn takes one marker off the held text
        }
        return parts;
    }

    /** What is still held back at the end; an unfinished tool call is content. */
    List<Part> finish() {
        List<Part> parts = new ArrayList<>();
        String rest = (state == State.CALL ? CALL_BEGIN : "") + held;
        emit(rest, parts);
        held.setLength(0);
        return parts;
    }

    private boolean advance(List<Part> parts) {
        return switch (state) {
            case START -> start();
            case REASONING -> pass(THINK_END, State.CONTENT, parts);
            case CONTENT -> toolsOffered ? pass(CALL_BEGIN, State.CALL, parts) : pass("", State.CONTENT, parts);
            case CALL -> call(parts);
        };
    }

    /** An answer begins with reasoning or it has none. */
    private boolean start() {
        if (held.length() < THINK_BEGIN.length() && THINK_BEGIN.startsWith(held.toString())) {
            return false;
        }
        if (held.indexOf(THINK_BEGIN) == 0) {
            held.delete(0, THINK_BEGIN.length());
            state = State.REASONING;
        } else {
            state = State.CONTENT;
        }
        return true;
    }

    /** Lets text through up to the marker and changes state there; true when it did. */
    private boolean pass(String marker, State next, List<Part> parts) {
        int at = marker.isEmpty() ? -1 : held.indexOf(marker);
        int safe = at >= 0 ? at : held.length() - beginningAtEnd(marker);
        emit(held.substring(0, safe), parts);
        held.delete(0, at >= 0 ? at + marker.length() : safe);
        if (at >= 0) {
            state = next;
        }
        return at >= 0;
    }

    private boolean call(List<Part> parts) {
        int end = held.indexOf(CALL_END);
        if (end < 0) {
            return false;
        }
        String body = held.substring(0, end);
        held.delete(0, end + CALL_END.length());
        state = State.CONTENT;
        ObjectNode call = Json.objectOrNull(body);
        if (call != null && call.path("name").isTextual() && call.path("arguments") instanceof ObjectNode arguments) {
            parts.add(new Part.ToolCall(call.get("name").textValue(), Json.writeSpaced(arguments)));
        } else {
            parts.add(new Part.Content(CALL_BEGIN + body + CALL_END));
        }
        return true;
    }

    private void emit(String text, List<Part> parts) {
        if (!text.isEmpty()) {
            parts.add(state == State.REASONING ? new Part.Reasoning(text) : new Part.Content(text));
        }
    }

    private int beginningAtEnd(String marker) {
        for (int length = Math.min(marker.length() - 1, held.length()); length > 0; length--) {
            if (marker.startsWith(held.substring(held.length() - length))) {
                return length;
            }
        }
        return 0;
    }
}
