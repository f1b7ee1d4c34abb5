package io.weir.router.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an engine draws tokens; null leaves the engine's own default.
 *
 * @param temperature 0 to 2
 * @param topP above 0, to 1
 * @param seed any
 * @param stop at most four strings
 */
public record Sampling(@Nullable Double temperature, @Nullable Double topP, @Nullable Long seed, List<String> stop) {

    public static final Sampling DEFAULT = new Sampling(null, null, null, List.of());

    public Sampling {
        stop = List.copyOf(stop);
    }

    @Override
    public String toString() {
        return "Sampling[temperature=" + temperature + ", topP=" + topP + ", seed=" + seed + ", stop=" + stop.size() + "]";
    }
}
