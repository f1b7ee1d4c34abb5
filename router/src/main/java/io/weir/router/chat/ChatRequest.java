package io.weir.router.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One chat request in Weir's own form, already checked against {@link Limits}. Carries content: its {@code toString} does not.
 *
 * @param model as asked: {@code auto} or a model's own name
 * @param messages at least one, in order
 * @param sampling how tokens are drawn
 * @param answer what is wanted back
 * @param attribution labels the caller put on it
 */
public record ChatRequest(String model, List<Message> messages, Sampling sampling, Answer answer, Attribution attribution) {

    public ChatRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a chat request has at least one message");
        }
    }

    /**
     * What is wanted back.
     *
     * @param maxTokens the caller's output limit, or null
     * @param stream as server-sent events, or whole
     * @param includeUsage whether a stream ends with a usage chunk
     * @param includeReasoning whether reasoning is shown; it is counted either way
     */
    public record Answer(@Nullable Integer maxTokens, boolean stream, boolean includeUsage, boolean includeReasoning) {}

    /** Characters of all messages together. */
    public long characters() {
        return messages.stream().mapToLong(Message::characters).sum();
    }

    @Override
    public String toString() {
        return "ChatRequest[model=" + model + ", messages=" + messages.size() + ", REDACTED len=" + characters() + "]";
    }
}
