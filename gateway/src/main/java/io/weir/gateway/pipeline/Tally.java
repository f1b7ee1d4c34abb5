package io.weir.gateway.pipeline;

import io.weir.router.stream.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one engine delivered. Output delivered = the engine's running usage, else the larger of non-empty deltas and bytes / 4: usage that is
 * unknown is a floor, never zero.
 */
final class Tally {

    private static final int BYTES_PER_TOKEN = 4;

    private Usage.@Nullable Exact reported;
    private long deltas;
    private long bytes;
    private long reasoningDeltas;

    void delta(String text) {
        deltas++;
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }

    void reasoning(String text) {
        delta(text);
        reasoningDeltas++;
    }

    void report(Usage.Exact usage) {
        reported = usage;
    }

    /** The engine's own count, complete once the answer is finished; null where it never counted. */
    Usage.@Nullable Exact reported() {
        return reported;
    }

    /** A delta is never less than a token, so whatever came after the engine's last count raises it. */
    long output() {
        if (reported != null && reported.output() > 0) {
            return Math.max(reported.output(), deltas);
        }
        return Math.max(deltas, (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
    }

    /** Prompt and what was delivered. Where the engine never counted the prompt, its bound stands for it. */
    Usage.AtLeast floor(long inputBound) {
        long output = output();
        if (reported == null) {
            return new Usage.AtLeast(inputBound, 0, 0, output, Math.min(output, reasoningDeltas));
        }
        long reasoning = Math.min(output, Math.max(reported.reasoning(), reasoningDeltas));
        return new Usage.AtLeast(reported.inputFresh(), reported.cacheRead(), reported.cacheWrite(), output, reasoning);
    }
}
