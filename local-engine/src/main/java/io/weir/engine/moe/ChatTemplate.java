package io.weir.engine.moe;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.List;
import java.util.Map;

/**
 * The chat template of a model file: messages and tools in, prompt out. The template is Jinja, evaluated by Jinjava with the settings that Hugging
 * Face's {@code apply_chat_template} uses; what stands in a message is data and is never evaluated. Immutable; any thread. Test:
 * {@code ChatTemplateTest} compares with what Python's jinja2 rendered.
 */
final class ChatTemplate {
    /** A prompt is at most a body long, and the template adds little to it. */
    private static final long OUTPUT_MAX = 8L << 20;

    private final Jinjava jinjava;
    private final String template;

    /**
     * What a template is given.
     *
     * @param messages  in their order, each a map of plain values
     * @param tools     empty when none are offered
     * @param arguments {@code chat_template_kwargs}, such as {@code enable_thinking}
     * @param addGenerationPrompt whether the assistant's turn is opened
     */
    record Conversation(List<Object> messages, List<Object> tools, Map<String, Object> arguments, boolean addGenerationPrompt) {
        @Override
        public String toString() {
            return "Conversation[" + messages.size() + " messages, " + tools.size() + " tools]";
        }
    }

    ChatTemplate(String template) {
        this.template = template;
        this.jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(OUTPUT_MAX)
                .withLegacyOverrides(LegacyOverrides.newBuilder().withKeepNullableLoopValues(true).withUsePyishObjectMapper(true).build())
                .build());
        jinjava.getGlobalContext().registerFilter(new ToJson());
    }

    /** Renders the prompt; a conversation that the template cannot render is the caller's error. */
    String render(Conversation conversation) {
        Map<String, Object> context = new java.util.HashMap<>(conversation.arguments());
        context.put("messages", conversation.messages());
        context.put("tools", conversation.tools());
        context.put("add_generation_prompt", conversation.addGenerationPrompt());
        RenderResult result = jinjava.renderForResult(template, context);
        if (result.hasErrors()) {
            throw ApiException.badRequest("The model's chat template cannot render these messages.");
        }
        return result.getOutput();
    }

    /** {@code tojson} as the model was trained on it. */
    private static final class ToJson implements Filter {
        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
            return Json.writeSpaced(value);
        }
    }
}
