package io.weir.engine.pool;

import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What one JSON message of an engine says: a whole answer, or one chunk of a stream.
 *
 * @param reasoning never empty, or null
 * @param content never empty, or null
 * @param usage the engine's count so far, or null
 * @param end how the answer ended ({@code Finished} or {@code Broken}), or null while it goes on
 */
record Piece(@Nullable String reasoning, @Nullable String content, Usage.@Nullable Exact usage, @Nullable StreamEvent end) {

    @Override
    public String toString() {
        return "Piece[REDACTED, usage=" + usage + ", end=" + end + "]";
    }
}
