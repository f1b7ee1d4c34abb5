package io.weir.gateway.dialect;

import io.weir.router.GatewayError;
import io.weir.router.chat.ChatRequest;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;
import java.nio.charset.StandardCharsets;

/**
 * Writes one streamed answer as server-sent events: {@code chat.completion.chunk}. Each call returns the bytes to send for one event of the
 * engine, which may be several events of the wire (the role stands before the first delta) or none (hidden reasoning); they are the caller's
 * to keep. A stream ends by exactly one of {@link #end} and {@link #fail}; calls after it throw. For one answer, one thread at a time.
 *
 * <p>What every chunk repeats is made once, so that a delta costs its own escaping and one copy.
 */
public final class OpenAiChatStreamWriter {

    private static final byte[] NOTHING = {};
    private static final byte[] DATA = utf8("data: ");
    private static final byte[] EVENT_END = utf8("\n\n");
    private static final byte[] DONE = utf8("data: [DONE]\n\n");
    private static final byte[] CONTENT = utf8("{\"index\":0,\"delta\":{\"content\":\"");
    private static final byte[] REASONING = utf8("{\"index\":0,\"delta\":{\"reasoning_content\":\"");
    private static final byte[] ROLE = utf8("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"refusal\":null,\"content\":\"");

    private final ChatHead answer;
    private final ChatRequest.Answer asked;
    private final byte[] head;
    private final byte[] content;
    private final byte[] reasoning;
    private final String chunkEnd;
    private final byte[] textEnd;

    private boolean begun;
    private boolean ended;

    /**
     * @param answer what every chunk repeats
     * @param asked what was wanted back: reasoning and usage are shown only on wish
     */
    public OpenAiChatStreamWriter(ChatHead answer, ChatRequest.Answer asked) {
        this.answer = answer;
        this.asked = asked;
        this.head = joined(
                utf8("data: {\"id\":\"" + answer.request().chatId() + "\",\"object\":\"chat.completion.chunk\",\"created\":"
                        + answer.created().getEpochSecond() + ",\"model\":\""),
                JsonOut.escaped(answer.model().value()),
                utf8("\",\"choices\":["));
        this.content = joined(head, CONTENT);
        this.reasoning = joined(head, REASONING);
        this.chunkEnd = asked.includeUsage() ? "}],\"usage\":null}\n\n" : "}]}\n\n";
        this.textEnd = utf8("\"},\"logprobs\":null,\"finish_reason\":null" + chunkEnd);
    }

    /** A piece of the answer. */
    public byte[] delta(String text) {
        return begin(joined(content, JsonOut.escaped(text), textEnd));
    }

    /** A piece of the reasoning; nothing to send where it was not asked for. */
    public byte[] reasoning(String text) {
        if (asked.includeReasoning()) {
            return begin(joined(reasoning, JsonOut.escaped(text), textEnd));
        }
        checkOpen();
        return NOTHING;
    }

    /** The answer reached its end: the finish chunk, the usage chunk if asked for, and {@code [DONE]}. */
    public byte[] end(FinishReason reason, Usage usage) {
        String finish = "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"" + reason.label() + "\"" + chunkEnd;
        byte[] bytes = begin(joined(head, utf8(finish), asked.includeUsage() ? usageChunk(usage) : NOTHING, DONE));
        ended = true;
        return bytes;
    }

    /** The answer broke: one error event, and no {@code [DONE]} behind it. */
    public byte[] fail(GatewayError error) {
        checkOpen();
        ended = true;
        return joined(DATA, OpenAiErrorWriter.body(error), EVENT_END);
    }

    private byte[] usageChunk(Usage usage) {
        byte[] chunk = JsonOut.object(out -> {
            OpenAiChatWriter.head(out, "chat.completion.chunk", answer);
            out.writeArrayFieldStart("choices");
            out.writeEndArray();
            OpenAiChatWriter.usage(out, usage);
        });
        return joined(DATA, chunk, EVENT_END);
    }

    private byte[] begin(byte[] chunk) {
        checkOpen();
        if (begun) {
            return chunk;
        }
        begun = true;
        return joined(head, ROLE, textEnd, chunk);
    }

    private void checkOpen() {
        if (ended) {
            throw new IllegalStateException("the stream has ended");
        }
    }

    private static byte[] joined(byte[]... pieces) {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }
        return joined;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
