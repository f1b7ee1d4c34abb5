package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.bedrock.ConverseMapping.Delivered;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Part;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.TokenUsage;

/** Golden translations, both ways. */
class ConverseMappingTest {

    @Test
    void system_and_developer_become_system_blocks_and_neighbours_merge() {
        // Given
        var messages = List.of(
                Message.text(Role.SYSTEM, "be brief"),
                new Message(Role.USER, List.of(new Part.Text("one"), new Part.Text("two"))),
                Message.text(Role.DEVELOPER, "in German"),
                Message.text(Role.USER, "three"),
                Message.text(Role.ASSISTANT, "four"),
                Message.text(Role.ASSISTANT, "five"),
                Message.text(Role.USER, "six"));
        // When
        var prompt = prompt(messages, Sampling.DEFAULT).orElseThrow();
        // Then
        assertThat(prompt.system()).containsExactly(SystemContentBlock.fromText("be brief"), SystemContentBlock.fromText("in German"));
        assertThat(prompt.messages()).containsExactly(
                message(ConversationRole.USER, "one", "two", "three"),
                message(ConversationRole.ASSISTANT, "four", "five"),
                message(ConversationRole.USER, "six"));
        assertThat(prompt.modelId()).isEqualTo(Calls.MODEL);
        assertThat(prompt.labels()).isEqualTo(Map.of("weir-request", Calls.REQUEST, "weir-attempt", "1"));
        assertThat(prompt.toString()).doesNotContain("one", "brief");
    }

    @Test
    void blank_text_is_left_out_and_what_it_parted_merges() {
        // Given
        var messages = List.of(
                Message.text(Role.SYSTEM, " \n"),
                Message.text(Role.USER, "one"),
                Message.text(Role.ASSISTANT, ""),
                new Message(Role.USER, List.of(new Part.Text(" "), new Part.Text("two"))));
        // When
        var prompt = prompt(messages, Sampling.DEFAULT).orElseThrow();
        // Then
        assertThat(prompt.system()).isEmpty();
        assertThat(prompt.messages()).containsExactly(message(ConversationRole.USER, "one", "two"));
    }

    @Test
    void conversation_that_does_not_begin_with_a_users_text_has_no_form() {
        assertThat(prompt(List.of(Message.text(Role.ASSISTANT, "hi"), Message.text(Role.USER, "ho")), Sampling.DEFAULT)).isEmpty();
        assertThat(prompt(List.of(Message.text(Role.SYSTEM, "hi")), Sampling.DEFAULT)).isEmpty();
        assertThat(prompt(List.of(Message.text(Role.USER, " ")), Sampling.DEFAULT)).isEmpty();
    }

    @Test
    void output_cap_is_always_sent_and_the_rest_only_if_asked_for() {
        // Given
        var messages = List.of(Message.text(Role.USER, "hi"));
        Sampling full = new Sampling(1.7, 0.25, 42L, List.of("END", "STOP"));
        // When
        var bare = prompt(messages, Sampling.DEFAULT).orElseThrow().inference();
        var asked = prompt(messages, full).orElseThrow().inference();
        // Then
        assertThat(bare).isEqualTo(InferenceConfiguration.builder().maxTokens(Calls.CAP).build());
        assertThat(asked).isEqualTo(InferenceConfiguration.builder().maxTokens(Calls.CAP).temperature(1.0f).topP(0.25f)
                .stopSequences("END", "STOP").build());
    }

    @Test
    void usage_is_disjoint_already() {
        // Given
        TokenUsage bedrock = TokenUsage.builder().inputTokens(10).outputTokens(20).cacheReadInputTokens(300).cacheWriteInputTokens(4000)
                .totalTokens(4330).build();
        TokenUsage uncached = TokenUsage.builder().inputTokens(10).outputTokens(20).totalTokens(30).build();
        // When
        var all = ConverseMapping.usage(bedrock, Delivered.SOMETHING);
        var plain = ConverseMapping.usage(uncached, Delivered.SOMETHING);
        // Then
        assertThat(all).contains(new Usage.Exact(10, 300, 4000, 20, 0));
        assertThat(all.orElseThrow().input()).isEqualTo(4310);
        assertThat(plain).contains(new Usage.Exact(10, 0, 0, 20, 0));
    }

    @Test
    void no_count_is_never_zero() {
        assertThat(ConverseMapping.usage(null, Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(TokenUsage.builder().build(), Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(usage(0, 0), Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(usage(0, 5), Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(usage(7, 0), Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(usage(-1, 5), Delivered.SOMETHING)).isEmpty();
        assertThat(ConverseMapping.usage(usage(7, 0), Delivered.NOTHING)).contains(new Usage.Exact(7, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"end_turn,STOP", "stop_sequence,STOP", "max_tokens,LENGTH", "model_context_window_exceeded,LENGTH", "content_filtered,CONTENT_FILTER",
        "guardrail_intervened,CONTENT_FILTER", "a_reason_of_next_year,STOP", "tool_use,", "malformed_tool_use,", "malformed_model_output,"})
    void stop_reasons(String bedrock, FinishReason ours) {
        assertThat(ConverseMapping.finish(StopReason.fromValue(bedrock))).isEqualTo(Optional.ofNullable(ours));
    }

    private static Optional<ConverseMapping.Prompt> prompt(List<Message> messages, Sampling sampling) {
        return ConverseMapping.prompt(Calls.call(Delivery.STREAM, messages, sampling), Calls.permit());
    }

    private static software.amazon.awssdk.services.bedrockruntime.model.Message message(ConversationRole role, String... texts) {
        return software.amazon.awssdk.services.bedrockruntime.model.Message.builder().role(role)
                .content(List.of(texts).stream().map(ContentBlock::fromText).toList()).build();
    }

    private static TokenUsage usage(int input, int output) {
        return TokenUsage.builder().inputTokens(input).outputTokens(output).totalTokens(input + output).build();
    }
}
