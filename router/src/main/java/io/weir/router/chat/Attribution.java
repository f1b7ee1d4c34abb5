package io.weir.router.chat;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Labels a caller puts on a request. They never decide who it is.
 *
 * @param endUser OpenAI's {@code user}, or null
 * @param safetyIdentifier OpenAI's {@code safety_identifier}, or null
 * @param tags OpenAI's {@code metadata}
 */
public record Attribution(@Nullable String endUser, @Nullable String safetyIdentifier, Map<String, String> tags) {

    public static final Attribution NONE = new Attribution(null, null, Map.of());

    public Attribution {
        tags = Map.copyOf(tags);
    }
}
