package io.weir.gateway.dialect;

import java.util.Set;

/**
 * The chat request's fields that OpenAI knows and Weir has not built (the list: openai-java 4.101.0, {@code ChatCompletionCreateParams}). A
 * value that equals the documented default asks for nothing and is accepted; any other is the tenant's choice to refuse or to ignore.
 */
final class OpenAiUnbuilt {

    static final Set<String> FIELDS = Set.of(
            "audio",
            "frequency_penalty",
            "function_call",
            "functions",
            "logit_bias",
            "logprobs",
            "modalities",
            "moderation",
            "parallel_tool_calls",
            "prediction",
            "presence_penalty",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning_effort",
            "service_tier",
            "tool_choice",
            "tools",
            "top_logprobs",
            "verbosity",
            "web_search_options");

    private static final double PENALTY = 2;
    private static final int TOP_LOGPROBS = 20;

    private OpenAiUnbuilt() {}

    /** Reads the value of one of {@link #FIELDS}; null was dealt with. */
    static void read(String field, JsonCursor in, Leniency leniency) {
        switch (field) {
            case "frequency_penalty", "presence_penalty" ->
                scalar(field, in.path(), in.number(-PENALTY, PENALTY) == 0, leniency);
            case "top_logprobs" -> scalar(field, in.path(), in.integer(0, TOP_LOGPROBS) == 0, leniency);
            case "logprobs" -> scalar(field, in.path(), !in.bool(), leniency);
            case "parallel_tool_calls" -> scalar(field, in.path(), in.bool(), leniency);
            case "function_call", "tool_choice" -> word(field, "none", in, leniency);
            case "service_tier" -> word(field, "auto", in, leniency);
            case "verbosity" -> word(field, "medium", in, leniency);
            case "functions", "tools" -> emptyArray(field, in, leniency);
            case "logit_bias" -> emptyObject(field, in, leniency);
            case "modalities" -> textAlone(field, in, leniency);
            default -> leniency.meet(in, field);
        }
    }

    private static void scalar(String field, String path, boolean isDefault, Leniency leniency) {
        if (!isDefault) {
            leniency.met(path, field);
        }
    }

    private static void word(String field, String byDefault, JsonCursor in, Leniency leniency) {
        if (!in.isString() || !in.string(Integer.MAX_VALUE).equals(byDefault)) {
            leniency.meet(in, field);
        }
    }

    /** An array without elements asks for nothing. */
    static void emptyArray(String field, JsonCursor in, Leniency leniency) {
        String path = in.path();
        in.enterArray();
        boolean empty = true;
        while (in.nextElement()) {
            empty = false;
            in.skip();
        }
        scalar(field, path, empty, leniency);
    }

    private static void emptyObject(String field, JsonCursor in, Leniency leniency) {
        String path = in.path();
        in.enterObject();
        boolean empty = true;
        while (in.nextField()) {
            empty = false;
            in.skip();
        }
        scalar(field, path, empty, leniency);
    }

    private static void textAlone(String field, JsonCursor in, Leniency leniency) {
        String path = in.path();
        in.enterArray();
        boolean textAlone = true;
        while (in.nextElement()) {
            textAlone &= in.isString() && in.string(Integer.MAX_VALUE).equals("text");
            in.skip();
        }
        scalar(field, path, textAlone, leniency);
    }
}
