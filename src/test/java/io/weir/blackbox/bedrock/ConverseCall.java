package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * An authentic, well-formed call.
 *
 * @param number        the request's number, from 1, in order of arrival
 * @param modelId       the model id or ARN of the path, decoded
 * @param streaming     ConverseStream, not Converse
 * @param maxTokens     {@code inferenceConfig.maxTokens}
 * @param stopSequences {@code inferenceConfig.stopSequences}, empty if absent
 * @param inputTokens   the simulator's own count of everything in the prompt
 * @param body          the request's JSON
 */
public record ConverseCall(long number, String modelId, boolean streaming, int maxTokens, List<String> stopSequences, long inputTokens,
        JsonNode body) {

    public ConverseCall {
        stopSequences = List.copyOf(stopSequences);
    }

    /** The text blocks of the last message, joined. */
    public String lastText() {
        StringBuilder text = new StringBuilder();
        JsonNode messages = body.get("messages");
        messages.get(messages.size() - 1).get("content").forEach(block -> text.append(block.path("text").asText("")));
        return text.toString();
    }

    @Override
    public String toString() {
        return "ConverseCall[" + number + ", " + modelId + ", " + inputTokens + " input tokens]";
    }
}
