package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.router.chat.ChatRequest;
import io.weir.router.stream.Usage;
import java.io.IOException;

/** Writes answers that are not streamed, as OpenAI does: {@code chat.completion}. Thread-safe, free of waits. */
public final class OpenAiChatWriter {

    private OpenAiChatWriter() {}

    /**
     * The whole answer.
     *
     * @param asked what was wanted back: reasoning is shown only on wish
     */
    public static byte[] whole(ChatHead head, ChatRequest.Answer asked, WholeAnswer answer) {
        return JsonOut.object(out -> {
            head(out, "chat.completion", head);
            out.writeArrayFieldStart("choices");
            out.writeStartObject();
            out.writeNumberField("index", 0);
            message(out, asked, answer);
            out.writeNullField("logprobs");
            out.writeStringField("finish_reason", answer.reason().label());
            out.writeEndObject();
            out.writeEndArray();
            usage(out, answer.usage());
        });
    }

    static void head(JsonGenerator out, String object, ChatHead head) throws IOException {
        out.writeStringField("id", head.request().chatId());
        out.writeStringField("object", object);
        out.writeNumberField("created", head.created().getEpochSecond());
        JsonOut.text(out, "model", head.model().value());
    }

    private static void message(JsonGenerator out, ChatRequest.Answer asked, WholeAnswer answer) throws IOException {
        out.writeObjectFieldStart("message");
        out.writeStringField("role", "assistant");
        JsonOut.text(out, "content", answer.text());
        out.writeNullField("refusal");
        if (asked.includeReasoning()) {
            JsonOut.text(out, "reasoning_content", answer.reasoning().isEmpty() ? null : answer.reasoning());
        }
        out.writeEndObject();
    }

    /** OpenAI's view of the tokens: {@code prompt_tokens} include cached ones. */
    static void usage(JsonGenerator out, Usage usage) throws IOException {
        out.writeObjectFieldStart("usage");
        out.writeNumberField("prompt_tokens", usage.input());
        out.writeNumberField("completion_tokens", usage.output());
        out.writeNumberField("total_tokens", usage.total());
        out.writeObjectFieldStart("prompt_tokens_details");
        out.writeNumberField("cached_tokens", usage.cacheRead());
        out.writeEndObject();
        out.writeObjectFieldStart("completion_tokens_details");
        out.writeNumberField("reasoning_tokens", usage.reasoning());
        out.writeEndObject();
        out.writeEndObject();
    }
}
