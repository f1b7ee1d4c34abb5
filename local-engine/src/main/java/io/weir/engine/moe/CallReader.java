package io.weir.engine.moe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads the bodies of {@code /v1/chat/completions}, {@code /v1/completions} and {@code /tokenize} as vLLM documents them.
 *
 * <p>Guarantees: a field that would change the answer and is not built is refused with its name, never dropped; fields that only concern other engines
 * ({@code cache_salt}, {@code user}, ...) are ignored as vLLM ignores them. Immutable; any thread.
 */
final class CallReader {
    /** Stop strings a request may give: vLLM's clients use a handful, and each is looked for at every token. */
    private static final int STOPS_MAX = 16;
    private static final int STOP_LENGTH_MAX = 256;
    private static final int COMPLETION_TOKENS_DEFAULT = 16;
    /** Not built; each value here is the one that changes nothing and is let through. */
    private static final Map<String, Double> NEUTRAL_NUMBERS = Map.of("n", 1.0, "best_of", 1.0, "frequency_penalty", 0.0,
            "presence_penalty", 0.0, "repetition_penalty", 1.0, "min_p", 0.0, "length_penalty", 1.0);
    private static final List<String> REFUSED = List.of("logit_bias", "guided_json", "guided_regex", "guided_choice", "guided_grammar",
            "structured_outputs", "suffix", "prompt_logprobs", "bad_words", "allowed_token_ids", "stop_token_ids");

    private final String model;
    private final ModelShape shape;
    private final BpeTokenizer tokenizer;
    private final ChatTemplate template;
    private final LongSupplier seeds;

    CallReader(LoadedModel loaded, LongSupplier seeds) {
        this.model = loaded.name();
        this.shape = loaded.model().shape();
        this.tokenizer = loaded.tokenizer();
        this.template = loaded.template();
        this.seeds = seeds;
    }

    Call chat(ObjectNode body) {
        checkModel(body);
        checkUnsupported(body);
        List<Object> tools = new ChatMessages(body).tools();
        String prompt = render(body);
        int[] tokens = tokenizer.encode(prompt);
        String limit = body.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        GenerationRequest request = generation(body, tokens, limit, shape.contextLength());
        return new Call(Call.Kind.CHAT, streaming(body), request, prompt, tools);
    }

    Call completion(ObjectNode body) {
        checkModel(body);
        checkUnsupported(body);
        if (!body.path("prompt").isTextual()) {
            throw ApiException.badRequest("prompt must be a string.");
        }
        if (flag(body, "echo")) {
            throw ApiException.badRequest("echo is not supported by this engine.");
        }
        String prompt = body.get("prompt").textValue();
        GenerationRequest request = generation(body, tokenizer.encode(prompt), "max_tokens", COMPLETION_TOKENS_DEFAULT);
        return new Call(Call.Kind.COMPLETION, streaming(body), request, prompt, List.of());
    }

    /** The tokens of a text, or of messages under the chat template. */
    int[] tokenize(ObjectNode body) {
        if (body.hasNonNull("model")) {
            checkModel(body);
        }
        if (body.path("prompt").isTextual()) {
            return tokenizer.encode(body.get("prompt").textValue());
        }
        return tokenizer.encode(render(body));
    }

    private String render(ObjectNode body) {
        ChatMessages messages = new ChatMessages(body);
        boolean generationPrompt = !body.has("add_generation_prompt") || flag(body, "add_generation_prompt");
        return template.render(new ChatTemplate.Conversation(messages.messages(), messages.tools(), templateArguments(body), generationPrompt));
    }

    /** DeepSeek's models listen to {@code thinking}, Qwen's and ours to {@code enable_thinking}: whichever is given sets both. */
    private static Map<String, Object> templateArguments(ObjectNode body) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        body.path("chat_template_kwargs").properties().forEach(entry -> {
            if (entry.getValue().isBoolean() || entry.getValue().isTextual()) {
                arguments.put(entry.getKey(), Json.plain(entry.getValue()));
            }
        });
        Object thinking = arguments.getOrDefault("enable_thinking", arguments.get("thinking"));
        if (thinking instanceof Boolean) {
            arguments.put("enable_thinking", thinking);
            arguments.putIfAbsent("thinking", thinking);
        }
        return arguments;
    }

    private void checkModel(ObjectNode body) {
        if (!body.path("model").isTextual()) {
            throw ApiException.badRequest("model must be a string.");
        }
        String wanted = body.get("model").textValue();
        if (!wanted.equals(model)) {
            throw ApiException.notFound("The model `" + (wanted.length() > 128 ? wanted.substring(0, 128) : wanted) + "` does not exist.");
        }
    }

    private static void checkUnsupported(ObjectNode body) {
        NEUTRAL_NUMBERS.forEach((name, neutral) -> {
            if (body.hasNonNull(name) && body.get(name).asDouble(Double.NaN) != neutral) {
                throw ApiException.badRequest(name + " is not supported by this engine; leave it out.");
            }
        });
        for (String name : REFUSED) {
            if (body.hasNonNull(name) && !(body.get(name).isContainerNode() && body.get(name).isEmpty())) {
                throw ApiException.badRequest(name + " is not supported by this engine; leave it out.");
            }
        }
        JsonNode logprobs = body.path("logprobs");
        if (logprobs.isNumber() || logprobs.asBoolean()) {
            throw ApiException.badRequest("logprobs is not supported by this engine; leave it out.");
        }
        String format = body.path("response_format").path("type").asText("text");
        if (!format.equals("text")) {
            throw ApiException.badRequest("response_format " + format + " is not supported by this engine.");
        }
        JsonNode choice = body.path("tool_choice");
        if (choice.isObject() || choice.asText("").equals("required")) {
            throw ApiException.badRequest("tool_choice must be auto or none: this engine does not constrain its output.");
        }
    }

    private GenerationRequest generation(ObjectNode body, int[] prompt, String limitField, int limitDefault) {
        int room = shape.contextLength() - prompt.length;
        if (prompt.length == 0) {
            throw ApiException.badRequest("The prompt is empty.");
        }
        if (room < 1) {
            throw ApiException.badRequest("This model's maximum context length is " + shape.contextLength()
                    + " tokens. However, your request has " + prompt.length + " input tokens. Please shorten it.");
        }
        int wanted = integer(body, limitField, Math.min(limitDefault, room), 1, Integer.MAX_VALUE);
        if (wanted > room) {
            throw ApiException.badRequest(limitField + " is too large: " + wanted + ". This model's maximum context length is "
                    + shape.contextLength() + " tokens and your request has " + prompt.length + " input tokens.");
        }
        int least = integer(body, "min_tokens", 0, 0, wanted);
        GenerationRequest.Limits limits = new GenerationRequest.Limits(wanted, least, flag(body, "ignore_eos"));
        int priority = integer(body, "priority", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return new GenerationRequest(prompt, limits, sampling(body), stops(body), priority);
    }

    /** Unlike vLLM, whose default is 1, an unset temperature means greedy: this small model answers best that way (see its card). */
    private Sampling sampling(ObjectNode body) {
        long seed = body.hasNonNull("seed") ? body.get("seed").asLong() : seeds.getAsLong();
        int topK = integer(body, "top_k", 0, -1, Integer.MAX_VALUE);
        try {
            return new Sampling((float) number(body, "temperature", 0), (float) number(body, "top_p", 1), Math.max(topK, 0), seed);
        } catch (IllegalArgumentException outside) {
            throw ApiException.badRequest(outside.getMessage() + ".");
        }
    }

    private static List<String> stops(ObjectNode body) {
        JsonNode stop = body.path("stop");
        List<String> stops = new ArrayList<>();
        if (stop.isTextual()) {
            stops.add(stop.textValue());
        }
        stop.elements().forEachRemaining(element -> stops.add(element.isTextual() ? element.textValue() : ""));
        if (stops.size() > STOPS_MAX || stops.stream().anyMatch(s -> s.isEmpty() || s.length() > STOP_LENGTH_MAX)) {
            throw ApiException.badRequest("stop must be a string or at most " + STOPS_MAX + " strings of 1 to " + STOP_LENGTH_MAX + " characters.");
        }
        return List.copyOf(stops);
    }

    private static Call.Streaming streaming(ObjectNode body) {
        JsonNode options = body.path("stream_options");
        return new Call.Streaming(flag(body, "stream"), options.path("include_usage").asBoolean(),
                options.path("continuous_usage_stats").asBoolean(), flag(body, "return_token_ids"));
    }

    private static boolean flag(ObjectNode body, String name) {
        JsonNode value = body.path(name);
        if (!value.isBoolean() && !value.isMissingNode() && !value.isNull()) {
            throw ApiException.badRequest(name + " must be true or false.");
        }
        return value.asBoolean();
    }

    private static int integer(ObjectNode body, String name, int otherwise, int least, int most) {
        if (!body.hasNonNull(name)) {
            return otherwise;
        }
        JsonNode value = body.get(name);
        if (!value.canConvertToExactIntegral() || !value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
            throw ApiException.badRequest(name + " must be a whole number of at least " + least + ".");
        }
        return value.intValue();
    }

    private static double number(ObjectNode body, String name, double otherwise) {
        if (!body.hasNonNull(name)) {
            return otherwise;
        }
        if (!body.get(name).isNumber()) {
            throw ApiException.badRequest(name + " must be a number.");
        }
        return body.get(name).doubleValue();
    }
}
