package io.weir.gateway.dialect;

import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Limits;
import io.weir.router.chat.Message;
import io.weir.router.chat.Sampling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The top-level fields of one chat request, collected in the order they come and judged together at the end. For one request. */
final class OpenAiChatFields {

    private static final Set<String> OPTIONAL = Set.of(
            "include_reasoning",
            "max_completion_tokens",
            "max_tokens",
            "metadata",
            "n",
            "response_format",
            "safety_identifier",
            "seed",
            "stop",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "user");

    private static final double MAX_TEMPERATURE = 2;
    private static final int MAX_CHOICES = 128;

    private final JsonCursor in;
    private final Leniency leniency;

    private @Nullable String model;
    private @Nullable List<Message> messages;
    private @Nullable Double temperature;
    private @Nullable Double topP;
    private @Nullable Long seed;
    private List<String> stop = List.of();
    private @Nullable Integer maxTokens;
    private @Nullable Integer maxCompletionTokens;
    private boolean stream;
    private boolean streamOptions;
    private boolean includeUsage;
    private boolean includeReasoning;
    private @Nullable String endUser;
    private @Nullable String safetyIdentifier;
    private Map<String, String> tags = Map.of();

    OpenAiChatFields(JsonCursor in, Leniency leniency) {
        this.in = in;
        this.leniency = leniency;
    }

    /** Reads the value the cursor stands on. */
    void read(String name) {
        boolean unbuilt = OpenAiUnbuilt.FIELDS.contains(name);
        if (in.isNull() && (unbuilt || OPTIONAL.contains(name))) {
            return;
        }
        if (unbuilt) {
            OpenAiUnbuilt.read(name, in, leniency);
            return;
        }
        switch (name) {
            case "model" -> model = model();
            case "messages" -> messages = new OpenAiMessages(in, leniency).read();
            case "temperature" -> temperature = in.number(0, MAX_TEMPERATURE);
            case "top_p" -> topP = topP();
            case "seed" -> seed = in.integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case "stop" -> stop = stop();
            case "max_tokens" -> maxTokens = (int) in.integer(1, Limits.MAX_TOKENS);
            case "max_completion_tokens" -> maxCompletionTokens = (int) in.integer(1, Limits.MAX_TOKENS);
            case "stream" -> stream = in.bool();
            case "stream_options" -> streamOptions();
            case "include_reasoning" -> includeReasoning = in.bool();
            case "user" -> endUser = in.string(Limits.IDENTIFIER_CHARACTERS);
            case "safety_identifier" -> safetyIdentifier = in.string(Limits.IDENTIFIER_CHARACTERS);
            case "metadata" -> tags = metadata();
            case "n" -> unlessDefault("n", in.integer(1, MAX_CHOICES) == 1);
            case "store" -> unlessDefault("store", !in.bool());
            case "response_format" -> responseFormat();
            default -> throw in.unknown();
        }
    }

    /** The request; the body's object has ended. */
    ParsedChat finish() {
        if (model == null) {
            throw in.missing("model");
        }
        if (messages == null) {
            throw in.missing("messages");
        }
        if (maxTokens != null && maxCompletionTokens != null) {
            throw JsonCursor.refusal(JsonCursor.INVALID_VALUE, "max_tokens", "cannot stand beside 'max_completion_tokens': send one of them");
        }
        if (streamOptions && !stream) {
            throw JsonCursor.refusal(JsonCursor.INVALID_VALUE, "stream_options", "needs 'stream' to be true");
        }
        Sampling sampling = new Sampling(temperature, topP, seed, stop);
        Integer limit = maxTokens != null ? maxTokens : maxCompletionTokens;
        var answer = new ChatRequest.Answer(limit, stream, includeUsage, includeReasoning);
        var attribution = new Attribution(endUser, safetyIdentifier, tags);
        return new ParsedChat(new ChatRequest(model, messages, sampling, answer, attribution), leniency.ignored());
    }

    private void unlessDefault(String name, boolean isDefault) {
        if (!isDefault) {
            leniency.met(in.path(), name);
        }
    }

    private String model() {
        String name = in.string(Limits.MODEL_CHARACTERS);
        if (name.isEmpty() || !name.chars().allMatch(character -> character > ' ' && character <= '~')) {
            throw in.invalidValue("must be a model's name: not empty, visible ASCII characters");
        }
        return name;
    }

    private double topP() {
        double value = in.number(0, 1);
        if (value == 0) {
            throw in.invalidValue("must be above 0");
        }
        return value;
    }

    private List<String> stop() {
        if (in.isString()) {
            return List.of(stopString());
        }
        if (!in.isArray()) {
            throw in.invalidType("a string or an array of strings");
        }
        List<String> strings = new ArrayList<>(Limits.STOP_STRINGS);
        while (in.nextElement()) {
            if (strings.size() == Limits.STOP_STRINGS) {
                throw in.invalidValue("is one too many: there are at most " + Limits.STOP_STRINGS + " stop strings");
            }
            strings.add(stopString());
        }
        return strings;
    }

    private String stopString() {
        String text = in.string(Limits.STOP_CHARACTERS);
        if (text.isEmpty()) {
            throw in.invalidValue("must not be empty");
        }
        return text;
    }

    private void streamOptions() {
        in.enterObject();
        streamOptions = true;
        while (in.nextField()) {
            switch (in.name()) {
                case "include_usage" -> includeUsage = !in.isNull() && in.bool();
                case "include_obfuscation" ->
                    unlessDefault("stream_options.include_obfuscation", in.isNull() || !in.bool());
                default -> throw in.unknown();
            }
        }
    }

    private Map<String, String> metadata() {
        in.enterObject();
        Map<String, String> pairs = HashMap.newHashMap(Limits.TAGS);
        while (in.nextField()) {
            String key = in.name();
            if (!in.isString()) {
                throw JsonCursor.refusal(JsonCursor.INVALID_TYPE, "metadata", "must have strings for values");
            }
            String value = in.string(Integer.MAX_VALUE);
            if (key.length() > Limits.TAG_KEY_CHARACTERS || value.length() > Limits.TAG_VALUE_CHARACTERS) {
                throw metadataRule("must have keys of at most " + Limits.TAG_KEY_CHARACTERS + " and values of at most "
                        + Limits.TAG_VALUE_CHARACTERS + " characters");
            }
            if (pairs.size() == Limits.TAGS) {
                throw metadataRule("must have at most " + Limits.TAGS + " pairs");
            }
            pairs.put(key, value);
        }
        return pairs;
    }

    private static RuntimeException metadataRule(String rule) {
        return JsonCursor.refusal(JsonCursor.INVALID_VALUE, "metadata", rule);
    }

    private void responseFormat() {
        in.enterObject();
        String type = null;
        boolean schema = false;
        while (in.nextField()) {
            switch (in.name()) {
                case "type" -> type = formatType();
                case "json_schema" -> {
                    in.skip();
                    schema = true;
                }
                default -> throw in.unknown();
            }
        }
        if (type == null) {
            throw in.missing("type");
        }
        unlessDefault("response_format", type.equals("text") && !schema);
    }

    private String formatType() {
        String type = in.string(Limits.IDENTIFIER_CHARACTERS);
        return switch (type) {
            case "text", "json_object", "json_schema" -> type;
            default -> throw in.invalidValue("must be text");
        };
    }
}
