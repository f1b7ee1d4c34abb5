package io.weir.engine.moe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the JSON of one answer, whole or in chunks, in vLLM's shape. Used by one request, on its event loop.
 */
final class Answer {
    private final Call call;
    private final Heading heading;
    private final ChatOutputParser parser;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<ChatOutputParser.Part.ToolCall> toolCalls = new ArrayList<>();
    private final List<Integer> tokens = new ArrayList<>();
    private int tokensSent;

    /**
     * What every chunk of an answer begins with.
     *
     * @param id      unique per answer
     * @param created seconds since the epoch
     * @param model   the served name
     */
    record Heading(String id, long created, String model) {}

    Answer(Call call, Heading heading) {
        this.call = call;
        this.heading = heading;
        this.parser = ChatOutputParser.after(call.prompt(), call.tools());
    }

    private boolean chat() {
        return call.kind() == Call.Kind.CHAT;
    }

    /** The chunks before the first token: the role, for a chat. */
    List<ObjectNode> opening(GenerationListener.Progress progress) {
        if (!chat()) {
            return List.of();
        }
        ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
        return List.of(chunk(choice("delta", delta), new GenerationListener.Progress(progress.prompt(), 0, 0)));
    }

    /** Takes a token's text and returns the chunks that show it. */
    List<ObjectNode> token(int token, String text, GenerationListener.Progress progress) {
        tokens.add(token);
        return show(text, progress);
    }

    private List<ObjectNode> show(String text, GenerationListener.Progress progress) {
        if (chat()) {
            return parts(parser.add(text), progress);
        }
        if (text.isEmpty()) {
            return List.of();
        }
        content.append(text);
        return call.streaming().streamed() ? List.of(chunk(choice("text", text), progress)) : List.of();
    }

    private List<ObjectNode> parts(List<ChatOutputParser.Part> parts, GenerationListener.Progress progress) {
        List<ObjectNode> chunks = new ArrayList<>();
        for (ChatOutputParser.Part part : parts) {
            ObjectNode delta = Json.object();
            switch (part) {
                case ChatOutputParser.Part.Reasoning(String text) -> {
                    reasoning.append(text);
                    delta.put("reasoning", text).put("reasoning_content", text);
                }
                case ChatOutputParser.Part.Content(String text) -> {
                    content.append(text);
                    delta.put("content", text);
                }
                case ChatOutputParser.Part.ToolCall toolCall -> {
                    delta.putArray("tool_calls").add(toolCall(toolCall, toolCalls.size()).put("index", toolCalls.size()));
                    toolCalls.add(toolCall);
                }
            }
            if (call.streaming().streamed()) {
                chunks.add(chunk(choice("delta", delta), progress));
            }
        }
        return chunks;
    }

    /** The last chunks of a stream: what was held back, the reason, and the counts if they were asked for. */
    List<ObjectNode> closing(FinishReason reason, String text, GenerationListener.Progress progress) {
        List<ObjectNode> chunks = new ArrayList<>(show(text, progress));
        if (chat()) {
            chunks.addAll(parts(parser.finish(), progress));
        }
        ObjectNode last = chat() ? choice("delta", Json.object()) : choice("text", "");
        chunks.add(chunk(last.put("finish_reason", reasonName(reason)), progress));
        if (call.streaming().usageAtEnd()) {
            ObjectNode counts = envelope(true);
            counts.putArray("choices");
            counts.set("usage", usage(progress));
            chunks.add(counts);
        }
        return chunks;
    }

    /** The whole answer of a request that asked for no stream. */
    ObjectNode whole(FinishReason reason, String text, GenerationListener.Progress progress) {
        show(text, progress);
        ObjectNode choice;
        if (chat()) {
            parts(parser.finish(), progress);
            choice = choice("message", message());
        } else {
            choice = choice("text", content.toString());
        }
        addTokens(choice.put("finish_reason", reasonName(reason)));
        ObjectNode answer = envelope(false);
        answer.putArray("choices").add(choice);
        answer.set("usage", usage(progress));
        return answer;
    }

    private ObjectNode message() {
        ObjectNode message = Json.object().put("role", "assistant");
        String said = content.toString();
        message.put("content", said.isEmpty() && !toolCalls.isEmpty() ? null : said);
        String thought = reasoning.isEmpty() ? null : reasoning.toString();
        message.put("reasoning", thought).put("reasoning_content", thought);
        ArrayNode calls = message.putArray("tool_calls");
        for (int i = 0; i < toolCalls.size(); i++) {
            calls.add(toolCall(toolCalls.get(i), i));
        }
        return message;
    }

    private ObjectNode toolCall(ChatOutputParser.Part.ToolCall toolCall, int index) {
        ObjectNode out = Json.object().put("id", "call-" + heading.id() + "-" + index).put("type", "function");
        out.putObject("function").put("name", toolCall.name()).put("arguments", toolCall.arguments());
        return out;
    }

    private static ObjectNode choice(String field, String text) {
        return choice(field, Json.text(text));
    }

    private static ObjectNode choice(String field, JsonNode value) {
        ObjectNode choice = Json.object().put("index", 0);
        choice.set(field, value);
        choice.putNull("logprobs");
        choice.putNull("finish_reason");
        return choice;
    }

    private ObjectNode chunk(ObjectNode choice, GenerationListener.Progress progress) {
        addTokens(choice);
        ObjectNode chunk = envelope(true);
        chunk.putArray("choices").add(choice);
        if (call.streaming().usageEverywhere()) {
            chunk.set("usage", usage(progress));
        }
        return chunk;
    }

    private void addTokens(ObjectNode choice) {
        if (call.streaming().tokenIds()) {
            ArrayNode ids = choice.putArray("token_ids");
            tokens.subList(tokensSent, tokens.size()).forEach(ids::add);
            tokensSent = tokens.size();
        }
    }

    private ObjectNode envelope(boolean piece) {
        String object = chat() ? piece ? "chat.completion.chunk" : "chat.completion" : "text_completion";
        return Json.object().put("id", heading.id()).put("object", object).put("created", heading.created()).put("model", heading.model());
    }

    private static ObjectNode usage(GenerationListener.Progress progress) {
        ObjectNode usage = Json.object().put("prompt_tokens", progress.prompt()).put("total_tokens", progress.prompt() + progress.generated())
                .put("completion_tokens", progress.generated());
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", progress.reasoning());
        return usage;
    }

    private String reasonName(FinishReason reason) {
        return switch (reason) {
            case STOP -> toolCalls.isEmpty() ? "stop" : "tool_calls";
            case LENGTH -> "length";
            case CANCELLED, FAILED -> throw new IllegalStateException("an answer that was not finished has no finish reason");
        };
    }
}
