package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a request against the shape of {@code Converse}, more strictly than the service: any member its model does not know is refused,
 * and so is a request without {@code inferenceConfig.maxTokens}, which the service would let through unbounded. Thread-safe.
 *
 * <p>Source: Amazon Bedrock API reference, {@code Converse} and {@code ConverseStream}.
 */
final class ConverseParser {

    /** The request is refused; carries what the service would answer. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient AwsError error;

        Invalid(int status, String type, String message) {
            super(type, null, false, false);
            this.error = new AwsError(status, type, message);
        }

        AwsError error() {
            return error;
        }
    }

    /** What a model's chat template adds around each message, in the simulator's own tokens. */
    private static final int TOKENS_A_MESSAGE = 4;

    private static final Pattern PATH = Pattern.compile("/model/([^/]+)/converse(-stream)?");
    private static final Pattern MODEL = Pattern.compile("[a-zA-Z0-9:/._-]{1,2048}");
    private static final Set<String> MEMBERS = Set.of("messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig",
            "additionalModelRequestFields", "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata", "performanceConfig",
            "serviceTier", "outputConfig");
    private static final Set<String> INFERENCE = Set.of("maxTokens", "temperature", "topP", "stopSequences");
    private static final Set<String> CONTENT = Set.of("text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent",
            "cachePoint", "reasoningContent", "citationsContent", "searchResult");
    private static final Set<String> SYSTEM = Set.of("text", "guardContent", "cachePoint");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Set<String> models;

    /** Knows those models; every well-formed id if the set is empty. */
    ConverseParser(Set<String> models) {
        this.models = Set.copyOf(models);
    }

    ConverseCall parse(long number, WireRequest request) throws Invalid {
        Matcher path = PATH.matcher(request.path());
        if (!path.matches() || !request.method().equals("POST") || !request.query().isEmpty()) {
            throw new Invalid(404, "UnknownOperationException", "");
        }
        String modelId = URLDecoder.decode(path.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        if (!MODEL.matcher(modelId).matches() || !models.isEmpty() && !models.contains(modelId)) {
            throw validation("The provided model identifier is invalid.");
        }
        if (request.header("content-type").filter(type -> type.startsWith("application/json")).isEmpty()) {
            throw validation("The content type must be application/json.");
        }
        JsonNode body = json(request.body());
        members(body, MEMBERS, "");
        checkMessages(body.path("messages"));
        checkSystem(body.path("system"));
        JsonNode inference = body.path("inferenceConfig");
        checkInference(inference);
        List<String> stops = new ArrayList<>();
        inference.path("stopSequences").forEach(stop -> stops.add(stop.textValue()));
        return new ConverseCall(number, modelId, path.group(2) != null, inference.get("maxTokens").intValue(), stops, inputTokens(body), body);
    }

    private static JsonNode json(byte[] bytes) throws Invalid {
        try {
            JsonNode body = JSON.readTree(bytes);
            if (body != null && body.isObject()) {
                return body;
            }
        } catch (IOException malformed) {
            // Answered below, without the parser's words: they may quote the prompt.
        }
        throw new Invalid(400, "SerializationException", "The request body is not a JSON object.");
    }

    private static void checkMessages(JsonNode messages) throws Invalid {
        if (!messages.isArray() || messages.isEmpty()) {
            throw validation("The messages field must hold at least one message.");
        }
        String previous = "";
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            members(message, Set.of("role", "content"), "messages." + i);
            String role = message.path("role").asText();
            if (!role.equals("user") && !role.equals("assistant")) {
                throw validation("Value at 'messages." + i + ".role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]");
            }
            if (i == 0 && !role.equals("user")) {
                throw validation("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
            }
            if (role.equals(previous)) {
                throw validation("A conversation must alternate between user and assistant roles. Make sure the conversation alternates"
                        + " between user and assistant roles and try again.");
            }
            previous = role;
            checkContent(message.path("content"), "messages." + i + ".content", CONTENT);
        }
    }

    private static void checkSystem(JsonNode system) throws Invalid {
        if (!system.isMissingNode()) {
            checkContent(system, "system", SYSTEM);
        }
    }

    private static void checkContent(JsonNode content, String where, Set<String> kinds) throws Invalid {
        if (!content.isArray() || content.isEmpty()) {
            throw validation("The content field at " + where + " is empty. Add a ContentBlock object to the content field and try again.");
        }
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            members(block, kinds, where + "." + i);
            if (block.size() != 1) {
                throw validation("The ContentBlock object at " + where + "." + i + " must set exactly one member.");
            }
            JsonNode text = block.path("text");
            if (!text.isMissingNode() && (!text.isTextual() || text.textValue().isBlank())) {
                throw validation("The text field in the ContentBlock object at " + where + "." + i + " is blank. Add text to the text field, and"
                        + " try again.");
            }
        }
    }

    private static void checkInference(JsonNode inference) throws Invalid {
        members(inference, INFERENCE, "inferenceConfig");
        JsonNode maxTokens = inference.path("maxTokens");
        if (!maxTokens.isInt() || maxTokens.intValue() < 1) {
            throw validation("Value at 'inferenceConfig.maxTokens' must be an integer of at least 1.");
        }
        checkShare(inference.path("temperature"), "temperature");
        checkShare(inference.path("topP"), "topP");
        JsonNode stops = inference.path("stopSequences");
        if (!stops.isMissingNode() && (!stops.isArray() || stops.isEmpty() || stops.size() > 2500)) {
            throw validation("Value at 'inferenceConfig.stopSequences' must hold 1 to 2500 sequences.");
        }
        for (JsonNode stop : stops) {
            if (!stop.isTextual() || stop.textValue().isEmpty()) {
                throw validation("Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length greater than"
                        + " or equal to 1");
            }
        }
    }

    private static void checkShare(JsonNode number, String name) throws Invalid {
        if (!number.isMissingNode() && (!number.isNumber() || number.doubleValue() < 0 || number.doubleValue() > 1)) {
            throw validation("Value at 'inferenceConfig." + name + "' must be a number between 0 and 1.");
        }
    }

    private static void members(JsonNode node, Set<String> known, String where) throws Invalid {
        if (!node.isObject()) {
            throw validation("The value at '" + where + "' must be an object.");
        }
        for (String name : (Iterable<String>) node::fieldNames) {
            if (!known.contains(name)) {
                throw validation("extraneous key [" + name + "] at '" + where + "' is not permitted");
            }
        }
    }

    private static long inputTokens(JsonNode body) {
        long tokens = 0;
        for (JsonNode block : body.path("system")) {
            tokens += blockTokens(block);
        }
        for (JsonNode message : body.get("messages")) {
            tokens += TOKENS_A_MESSAGE;
            for (JsonNode block : message.get("content")) {
                tokens += blockTokens(block);
            }
        }
        JsonNode tools = body.path("toolConfig");
        return tools.isMissingNode() ? tokens : tokens + Pieces.count(tools.toString());
    }

    private static long blockTokens(JsonNode block) {
        if (block.has("text")) {
            return Pieces.count(block.get("text").textValue());
        }
        return block.has("cachePoint") ? 0 : Pieces.count(block.toString());
    }

    private static Invalid validation(String message) {
        return new Invalid(400, "ValidationException", message);
    }
}
