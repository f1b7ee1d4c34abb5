package io.weir.engine.moe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages and tools of a chat request in the plain form that chat templates expect, normalised as vLLM does: text parts joined by newlines,
 * {@code reasoning} also under its older name, tool-call arguments as an object instead of a string.
 */
final class ChatMessages {
    /** As many messages fit a context of a few thousand tokens; beyond that the template would only burn time. */
    private static final int MESSAGES_MAX = 2_048;
    private static final int TOOLS_MAX = 128;
    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant", "tool");

    private final ObjectNode body;

    ChatMessages(ObjectNode body) {
        this.body = body;
    }

    List<Object> messages() {
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MESSAGES_MAX) {
            throw ApiException.badRequest("messages must be a list of 1 to " + MESSAGES_MAX + " messages.");
        }
        List<Object> out = new ArrayList<>();
        messages.forEach(message -> out.add(message(message)));
        return out;
    }

    /** The tools that may be called: none when {@code tool_choice} is {@code none}. */
    List<Object> tools() {
        JsonNode tools = body.path("tools");
        if (tools.size() > TOOLS_MAX) {
            throw ApiException.badRequest("tools must be at most " + TOOLS_MAX + ".");
        }
        List<Object> out = new ArrayList<>();
        if (!body.path("tool_choice").asText("auto").equals("none")) {
            for (JsonNode tool : tools) {
                if (!tool.path("function").path("name").isTextual()) {
                    throw ApiException.badRequest("each tool must be a function with a name.");
                }
                out.add(Json.plain(tool));
            }
        }
        return out;
    }

    private static Map<String, Object> message(JsonNode message) {
        String role = message.path("role").asText("");
        if (!ROLES.contains(role)) {
            throw ApiException.badRequest("a message's role must be one of " + ROLES + ".");
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("role", role);
        out.put("content", content(message.path("content"), role));
        JsonNode reasoning = message.hasNonNull("reasoning") ? message.get("reasoning") : message.path("reasoning_content");
        if (reasoning.isTextual()) {
            out.put("reasoning_content", reasoning.textValue());
        }
        if (message.path("tool_calls").isArray() && !message.get("tool_calls").isEmpty()) {
            List<Object> calls = new ArrayList<>();
            message.get("tool_calls").forEach(call -> calls.add(toolCall(call)));
            out.put("tool_calls", calls);
        }
        return out;
    }

    private static String content(JsonNode content, String role) {
        if (content.isTextual()) {
            return content.textValue();
        }
        if (content.isArray()) {
            List<String> parts = new ArrayList<>();
            for (JsonNode part : content) {
                if (!part.path("type").asText("").equals("text") || !part.path("text").isTextual()) {
                    throw ApiException.badRequest("this model reads text parts only.");
                }
                parts.add(part.get("text").textValue());
            }
            return String.join("\n", parts);
        }
        if (role.equals("assistant") && (content.isMissingNode() || content.isNull())) {
            return "";
        }
        throw ApiException.badRequest("a message's content must be a string or a list of text parts.");
    }

    private static Map<String, Object> toolCall(JsonNode call) {
        JsonNode function = call.path("function");
        if (!function.path("name").isTextual()) {
            throw ApiException.badRequest("each tool call must be a function with a name.");
        }
        ObjectNode arguments = function.path("arguments") instanceof ObjectNode object ? object
                : Json.objectOrNull(function.path("arguments").asText("{}"));
        if (arguments == null) {
            throw ApiException.badRequest("a tool call's arguments must be a JSON object.");
        }
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("name", function.get("name").textValue());
        plain.put("arguments", Json.plain(arguments));
        return Map.of("type", "function", "function", plain);
    }
}
