package io.weir.engine.pool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.weir.router.EngineCall;
import io.weir.router.chat.Message;
import io.weir.router.chat.Part;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The chat completions protocol as vLLM, SGLang, llama-server and the embedded engine speak it, both ways. Requests are built from nothing:
 * what is not named here is not sent. Streaming JSON throughout, no tree. Thread-safe.
 *
 * <p>Sources: OpenAI API reference, "Create chat completion"; vLLM's {@code protocol.py}, where {@code reasoning} has taken the place of
 * {@code reasoning_content} and both may stand side by side with the same text.
 */
final class OpenAiDialect {

    /** Answers nest below ten. */
    private static final int DEPTH = 64;
    /** A number with more digits is none an engine writes. */
    private static final int NUMBER_DIGITS = 64;
    /** No field of the protocol is named longer. */
    private static final int NAME_CHARACTERS = 1_024;
    /** Parsers at work at a time that keep their buffers; more allocate their own. */
    private static final int RECYCLED_BUFFERS = 64;
    /** The JSON of a request around its texts. */
    private static final int ENVELOPE_BYTES = 512;

    private final JsonFactory json;

    OpenAiDialect(int stringCharacters) {
        json = new JsonFactoryBuilder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxNumberLength(NUMBER_DIGITS)
                        .maxNameLength(NAME_CHARACTERS)
                        .maxStringLength(stringCharacters)
                        .build())
                .recyclerPool(JsonRecyclerPools.newBoundedPool(RECYCLED_BUFFERS))
                .build();
    }

    /** The body of a call. Fails where a text is not well-formed Unicode. */
    byte[] write(EngineCall call) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.min(ENVELOPE_BYTES + call.request().characters(), 1 << 20));
        try (JsonGenerator body = json.createGenerator(out)) {
            body.writeStartObject();
            body.writeStringField("model", call.model().value());
            body.writeArrayFieldStart("messages");
            for (Message message : call.request().messages()) {
                body.writeStartObject();
                body.writeStringField("role", role(message.role()));
                body.writeStringField("content", wellFormed(text(message)));
                body.writeEndObject();
            }
            body.writeEndArray();
            writeSampling(body, call.request().sampling());
            body.writeNumberField("max_tokens", call.outputCap());
            switch (call.delivery()) {
                case WHOLE -> body.writeBooleanField("stream", false);
                case STREAM -> {
                    body.writeBooleanField("stream", true);
                    body.writeObjectFieldStart("stream_options");
                    body.writeBooleanField("include_usage", true);
                    body.writeBooleanField("continuous_usage_stats", true);
                    body.writeEndObject();
                }
            }
            body.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void writeSampling(JsonGenerator body, Sampling sampling) throws IOException {
        if (sampling.temperature() != null) {
            body.writeNumberField("temperature", sampling.temperature());
        }
        if (sampling.topP() != null) {
            body.writeNumberField("top_p", sampling.topP());
        }
        if (sampling.seed() != null) {
            body.writeNumberField("seed", sampling.seed());
        }
        if (!sampling.stop().isEmpty()) {
            body.writeArrayFieldStart("stop");
            for (String stop : sampling.stop()) {
                body.writeString(wellFormed(stop));
            }
            body.writeEndArray();
        }
    }

    /** Chat templates know no developer. */
    private static String role(Message.Role role) {
        return switch (role) {
            case SYSTEM, DEVELOPER -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
        };
    }

    private static String text(Message message) {
        if (message.parts().size() == 1) {
            return switch (message.parts().getFirst()) {
                case Part.Text text -> text.text();
            };
        }
        return message.text();
    }

    /** Jackson writes lone surrogates as escapes, on which engines fall over. */
    private static String wellFormed(String text) throws MalformedException {
        require(Utf8.isPaired(text));
        return text;
    }

    /** Reads a whole answer or one chunk of a stream: they differ in the name {@code message} or {@code delta} alone. */
    Piece read(byte[] bytes, int length) throws IOException {
        if (!Utf8.isValid(bytes, 0, length)) {
            throw new MalformedException();
        }
        try (JsonParser parser = json.createParser(bytes, 0, length)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            Draft draft = new Draft();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "choices" -> readChoices(parser, draft);
                    case "usage" -> draft.usage = readUsage(parser);
                    case "error" -> {
                        if (value != JsonToken.VALUE_NULL) {
                            draft.broken = new Broken(EngineErrors.causeIn(parser, BreakCause.SERVER_ERROR), Spent.UNKNOWN);
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
            require(parser.nextToken() == null);
            return draft.piece();
        }
    }

    /** A refusal made more precise by its body: which of the ways not to take a request it was stands there alone. */
    Broken explained(Broken refusal, byte[] body) {
        if (refusal.cause() != BreakCause.INVALID) {
            return refusal;
        }
        try (JsonParser parser = json.createParser(body)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            return object ? new Broken(EngineErrors.causeIn(parser, refusal.cause()), refusal.spent()) : refusal;
        } catch (IOException notJson) {
            return refusal;
        }
    }

    JsonFactory json() {
        return json;
    }

    private static void readChoices(JsonParser parser, Draft draft) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        require(parser.currentToken() == JsonToken.START_ARRAY);
        boolean first = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.START_OBJECT);
            if (first) {
                readChoice(parser, draft);
            } else {
                parser.skipChildren();
            }
            first = false;
        }
    }

    private static void readChoice(JsonParser parser, Draft draft) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "delta", "message" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        readMessage(parser, draft);
                    }
                }
                case "finish_reason" -> draft.finish = readText(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private static void readMessage(JsonParser parser, Draft draft) throws IOException {
        require(parser.currentToken() == JsonToken.START_OBJECT);
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "content" -> draft.content = readText(parser);
                case "reasoning" -> draft.reasoning = readText(parser);
                case "reasoning_content" -> draft.formerReasoning = readText(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private static @Nullable String readText(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        require(parser.currentToken() == JsonToken.VALUE_STRING);
        String text = parser.getText();
        require(Utf8.isPaired(text));
        return text.isEmpty() ? null : text;
    }

    /** OpenAI's prompt_tokens include the cached ones; ours are disjoint. A report without both totals is none. */
    private static Usage.@Nullable Exact readUsage(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        require(parser.currentToken() == JsonToken.START_OBJECT);
        long prompt = -1;
        long completion = -1;
        long cached = 0;
        long reasoning = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = readCount(parser, -1);
                case "completion_tokens" -> completion = readCount(parser, -1);
                case "prompt_tokens_details" -> cached = readDetail(parser, "cached_tokens");
                case "completion_tokens_details" -> reasoning = readDetail(parser, "reasoning_tokens");
                default -> parser.skipChildren();
            }
        }
        if (prompt < 0 || completion < 0) {
            return null;
        }
        long cacheRead = Math.min(cached, prompt);
        return new Usage.Exact(prompt - cacheRead, cacheRead, 0, completion, Math.min(reasoning, completion));
    }

    private static long readDetail(JsonParser parser, String wanted) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return 0;
        }
        require(parser.currentToken() == JsonToken.START_OBJECT);
        long count = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (name.equals(wanted)) {
                count = readCount(parser, 0);
            } else {
                parser.skipChildren();
            }
        }
        return count;
    }

    private static long readCount(JsonParser parser, long whenNull) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return whenNull;
        }
        require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT);
        long count = parser.getLongValue();
        require(count >= 0);
        return count;
    }

    private static void require(boolean holds) throws MalformedException {
        if (!holds) {
            throw new MalformedException();
        }
    }

    /** A piece while it is read. */
    private static final class Draft {
        private @Nullable String reasoning;
        private @Nullable String formerReasoning;
        private @Nullable String content;
        private @Nullable String finish;
        private Usage.@Nullable Exact usage;
        private @Nullable Broken broken;

        private Piece piece() {
            StreamEvent end = broken != null ? broken : end(finish);
            return new Piece(reasoning != null ? reasoning : formerReasoning, content, usage, end);
        }

        /** Tools are never sent, so that what other reasons there are (tool_calls, an engine's own words) are ends like any other. */
        private static @Nullable StreamEvent end(@Nullable String finish) {
            return switch (finish) {
                case null -> null;
                case "length" -> new Finished(FinishReason.LENGTH);
                case "content_filter" -> new Finished(FinishReason.CONTENT_FILTER);
                case "abort", "error" -> new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN);
                default -> new Finished(FinishReason.STOP);
            };
        }
    }
}
