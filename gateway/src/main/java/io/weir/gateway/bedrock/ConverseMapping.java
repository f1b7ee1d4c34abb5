package io.weir.gateway.bedrock;

import io.weir.router.EngineCall;
import io.weir.router.Permit;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Part;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.TokenUsage;

/**
 * Between Weir's own form and Bedrock's Converse. Pure.
 *
 * <ul>
 *   <li>{@code system} and {@code developer} messages become system blocks, wherever they stand; neighbours of one role become one message,
 *       for Bedrock demands that roles alternate; blank text, which Bedrock refuses, is left out.
 *   <li>{@code maxTokens} is always sent: the call's output cap. A temperature above 1 becomes 1, Bedrock's highest; {@code seed} has no
 *       counterpart.
 *   <li>Bedrock's {@code inputTokens} leave cached tokens out, so all of its counts are disjoint already; it does not tell reasoning apart.
 * </ul>
 *
 * Source: Amazon Bedrock API reference, {@code Converse}, {@code ConverseStream}, {@code TokenUsage}.
 */
final class ConverseMapping {

    /** Bedrock's highest temperature. */
    private static final double HIGHEST_TEMPERATURE = 1.0;
    /** Stand in the account's invocation log beside the call: what a bill is reconciled by. */
    private static final String REQUEST = "weir-request";
    private static final String ATTEMPT = "weir-attempt";

    /** A request in Bedrock's form, whole or streamed. Carries content: its {@code toString} does not. */
    record Prompt(String modelId, List<SystemContentBlock> system, List<Message> messages, InferenceConfiguration inference, Map<String, String> labels) {

        ConverseRequest whole(Transmission transmission) {
            return ConverseRequest.builder()
                    .modelId(modelId)
                    .system(systemOrAbsent())
                    .messages(messages)
                    .inferenceConfig(inference)
                    .requestMetadata(labels)
                    .overrideConfiguration(transmission.configuration())
                    .build();
        }

        ConverseStreamRequest streamed(Transmission transmission) {
            return ConverseStreamRequest.builder()
                    .modelId(modelId)
                    .system(systemOrAbsent())
                    .messages(messages)
                    .inferenceConfig(inference)
                    .requestMetadata(labels)
                    .overrideConfiguration(transmission.configuration())
                    .build();
        }

        private @Nullable List<SystemContentBlock> systemOrAbsent() {
            return system.isEmpty() ? null : system;
        }

        @Override
        public String toString() {
            return "Prompt[modelId=" + modelId + ", messages=" + messages.size() + ", REDACTED]";
        }
    }

    private ConverseMapping() {}

    /** Empty where Bedrock has no form for the conversation: it must begin with a message of the user that is not blank. */
    static Optional<Prompt> prompt(EngineCall call, Permit permit) {
        ChatRequest request = call.request();
        List<Message> messages = messages(request);
        if (messages.isEmpty() || messages.getFirst().role() != ConversationRole.USER) {
            return Optional.empty();
        }
        Map<String, String> labels = Map.of(REQUEST, permit.request().toString(), ATTEMPT, Integer.toString(permit.attempt()));
        return Optional.of(new Prompt(call.model().value(), system(request), messages, inference(request.sampling(), call.outputCap()), labels));
    }

    private static List<SystemContentBlock> system(ChatRequest request) {
        return request.messages().stream()
                .filter(message -> isSystem(message.role()))
                .flatMap(message -> texts(message).stream())
                .map(SystemContentBlock::fromText)
                .toList();
    }

    private static List<Message> messages(ChatRequest request) {
        List<Message> merged = new ArrayList<>();
        List<ContentBlock> blocks = new ArrayList<>();
        ConversationRole speaking = ConversationRole.USER;
        for (io.weir.router.chat.Message message : request.messages()) {
            List<String> texts = texts(message);
            if (isSystem(message.role()) || texts.isEmpty()) {
                continue;
            }
            ConversationRole role = role(message.role());
            if (role != speaking && !blocks.isEmpty()) {
                merged.add(Message.builder().role(speaking).content(blocks).build());
                blocks = new ArrayList<>();
            }
            speaking = role;
            texts.stream().map(ContentBlock::fromText).forEach(blocks::add);
        }
        if (!blocks.isEmpty()) {
            merged.add(Message.builder().role(speaking).content(blocks).build());
        }
        return merged;
    }

    private static List<String> texts(io.weir.router.chat.Message message) {
        return message.parts().stream()
                .map(part -> switch (part) {
                    case Part.Text text -> text.text();
                })
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static boolean isSystem(Role role) {
        return switch (role) {
            case SYSTEM, DEVELOPER -> true;
            case USER, ASSISTANT -> false;
        };
    }

    private static ConversationRole role(Role role) {
        return switch (role) {
            case ASSISTANT -> ConversationRole.ASSISTANT;
            case USER, SYSTEM, DEVELOPER -> ConversationRole.USER;
        };
    }

    private static InferenceConfiguration inference(Sampling sampling, int outputCap) {
        InferenceConfiguration.Builder inference = InferenceConfiguration.builder().maxTokens(outputCap);
        Double temperature = sampling.temperature();
        if (temperature != null) {
            inference.temperature((float) Math.min(HIGHEST_TEMPERATURE, temperature));
        }
        Double topP = sampling.topP();
        if (topP != null) {
            inference.topP(topP.floatValue());
        }
        if (!sampling.stop().isEmpty()) {
            inference.stopSequences(sampling.stop());
        }
        return inference.build();
    }

    /**
     * The engine's count, if it is one: a call always has input, so that no input, or no output where some was delivered, is the absence of a
     * count and never zero.
     */
    static Optional<Usage.Exact> usage(@Nullable TokenUsage usage, Delivered delivered) {
        if (usage == null || usage.inputTokens() == null || usage.outputTokens() == null) {
            return Optional.empty();
        }
        long fresh = usage.inputTokens();
        long cacheRead = orNone(usage.cacheReadInputTokens());
        long cacheWrite = orNone(usage.cacheWriteInputTokens());
        long output = usage.outputTokens();
        boolean countless = fresh < 0 || cacheRead < 0 || cacheWrite < 0 || output < 0
                || fresh + cacheRead + cacheWrite == 0
                || output == 0 && delivered == Delivered.SOMETHING;
        return countless ? Optional.empty() : Optional.of(new Usage.Exact(fresh, cacheRead, cacheWrite, output, 0));
    }

    /** Whether the answer has had any content so far. */
    enum Delivered {
        NOTHING,
        SOMETHING
    }

    private static long orNone(@Nullable Integer count) {
        return count == null ? 0 : count;
    }

    /** Empty for the ends that no request of ours can have asked for: no tool was offered, so none can be used. */
    static Optional<FinishReason> finish(StopReason reason) {
        return switch (reason) {
            case END_TURN, STOP_SEQUENCE, UNKNOWN_TO_SDK_VERSION -> Optional.of(FinishReason.STOP);
            case MAX_TOKENS, MODEL_CONTEXT_WINDOW_EXCEEDED -> Optional.of(FinishReason.LENGTH);
            case CONTENT_FILTERED, GUARDRAIL_INTERVENED -> Optional.of(FinishReason.CONTENT_FILTER);
            case TOOL_USE, MALFORMED_MODEL_OUTPUT, MALFORMED_TOOL_USE -> Optional.empty();
        };
    }
}
