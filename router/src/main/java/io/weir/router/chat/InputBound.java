package io.weir.router.chat;

import java.nio.charset.StandardCharsets;

/**
 * The most tokens a request's input can be where its engine's tokenizer is not at hand: UTF-8 bytes + 16 a message + 64. A byte-level
 * tokenizer never makes more tokens than bytes; the rest covers the template's own marks.
 */
public final class InputBound {

    private static final int TOKENS_PER_MESSAGE = 16;
    private static final int TOKENS_PER_REQUEST = 64;

    private InputBound() {}

    public static long of(ChatRequest request) {
        long bound = TOKENS_PER_REQUEST;
        for (Message message : request.messages()) {
            bound += TOKENS_PER_MESSAGE + bytes(message);
        }
        return bound;
    }

    private static long bytes(Message message) {
        long bytes = message.parts().size() - 1L;
        for (Part part : message.parts()) {
            bytes += switch (part) {
                case Part.Text text -> text.text().getBytes(StandardCharsets.UTF_8).length;
            };
        }
        return bytes;
    }
}
