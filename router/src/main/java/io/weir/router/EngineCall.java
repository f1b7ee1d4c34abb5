package io.weir.router;

import io.weir.router.chat.ChatRequest;

/**
 * What an engine is asked.
 *
 * @param model the model's own name, never {@code auto}
 * @param request the canonical request
 * @param outputCap the most output tokens; always sent to the engine, whatever the caller asked
 * @param delivery as a stream, or whole
 */
public record EngineCall(ModelId model, ChatRequest request, int outputCap, Delivery delivery) {

    /** How the engine hands its answer over. */
    public enum Delivery {
        STREAM,
        WHOLE
    }
}
