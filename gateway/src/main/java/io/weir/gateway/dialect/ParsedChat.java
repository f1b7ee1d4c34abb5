package io.weir.gateway.dialect;

import io.weir.router.chat.ChatRequest;
import io.weir.tenancy.Unsupported;
import java.util.List;

/**
 * A request as the dialect understood it.
 *
 * @param request the canonical request
 * @param ignored the fields that were left out of it, for {@code x-weir-ignored}: names of this class's own making, each once; empty under
 *     {@link Unsupported#REFUSE}
 */
public record ParsedChat(ChatRequest request, List<String> ignored) {

    public ParsedChat {
        ignored = List.copyOf(ignored);
    }
}
