package io.weir.blackbox.bedrock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the simulated model says and how fast. Immutable; the {@code with} methods give changed copies.
 *
 * @param blocks     content blocks in order
 * @param stopReason overrides the stop reason that follows from the answer itself; null: {@code end_turn}, {@code tool_use},
 *                   {@code max_tokens} or {@code stop_sequence} as it happens
 * @param pace       when the pieces come
 * @param cache      how much of the input the prompt cache served or stored
 */
public record Script(List<Block> blocks, @Nullable String stopReason, Pace pace, Cache cache) {

    /** One content block. */
    public sealed interface Block {
        /** The text generated, which counts as output. */
        String text();
    }

    /** Plain text. */
    public record Text(String text) implements Block {
    }

    /** Reasoning, sent as {@code reasoningContent}. */
    public record Reasoning(String text) implements Block {
    }

    /** A tool call; {@code text} is its input, a JSON object. */
    public record Tool(String id, String name, String text) implements Block {
    }

    /**
     * Timing.
     *
     * @param beforeFirst    from the request to the response head
     * @param between        between two deltas
     * @param piecesPerDelta tokens a delta frame carries, at least 1
     * @param steps          hands out one delta at a time if present
     */
    public record Pace(Duration beforeFirst, Duration between, int piecesPerDelta, @Nullable Steps steps) {
        static final Pace IMMEDIATE = new Pace(Duration.ZERO, Duration.ZERO, 1, null);
    }

    /** Input tokens read from and written to the prompt cache; both are capped by the input there is. */
    public record Cache(long read, long written) {
        static final Cache NONE = new Cache(0, 0);
    }

    public Script {
        blocks = List.copyOf(blocks);
        Objects.requireNonNull(pace);
        Objects.requireNonNull(cache);
    }

    /** An answer of one text block, at once. */
    public static Script text(String text) {
        return new Script(List.of(new Text(text)), null, Pace.IMMEDIATE, Cache.NONE);
    }

    /** An answer of exactly that many tokens by the simulator's count: distinct words of one piece each. */
    public static Script tokens(int count) {
        StringBuilder text = new StringBuilder(count * 5);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(word(i));
        }
        return text(text.toString());
    }

    /** Puts a reasoning block in front. */
    public Script withReasoning(String reasoning) {
        List<Block> longer = new ArrayList<>(blocks);
        longer.addFirst(new Reasoning(reasoning));
        return new Script(longer, stopReason, pace, cache);
    }

    /** Adds a tool call at the end. */
    public Script withTool(String id, String name, String inputJson) {
        List<Block> longer = new ArrayList<>(blocks);
        longer.addLast(new Tool(id, name, inputJson));
        return new Script(longer, stopReason, pace, cache);
    }

    /** Overrides the stop reason. */
    public Script withStopReason(String reason) {
        return new Script(blocks, reason, pace, cache);
    }

    /** Serves and stores that much of the input by the prompt cache. */
    public Script withCache(long read, long written) {
        return new Script(blocks, stopReason, pace, new Cache(read, written));
    }

    /** Paces the answer by time. */
    public Script paced(Duration beforeFirst, Duration between) {
        return new Script(blocks, stopReason, new Pace(beforeFirst, between, pace.piecesPerDelta(), pace.steps()), cache);
    }

    /** Paces the answer by the test's hand. */
    public Script stepped(Steps steps) {
        return new Script(blocks, stopReason, new Pace(pace.beforeFirst(), pace.between(), pace.piecesPerDelta(), steps), cache);
    }

    /** Sends that many tokens in each delta. */
    public Script withPiecesPerDelta(int pieces) {
        if (pieces < 1) {
            throw new IllegalArgumentException("pieces: " + pieces);
        }
        return new Script(blocks, stopReason, new Pace(pace.beforeFirst(), pace.between(), pieces, pace.steps()), cache);
    }

    private static String word(int number) {
        char[] letters = new char[4];
        int rest = number;
        for (int i = 3; i >= 0; i--) {
            letters[i] = (char) ('a' + rest % 26);
            rest /= 26;
        }
        return new String(letters);
    }
}
