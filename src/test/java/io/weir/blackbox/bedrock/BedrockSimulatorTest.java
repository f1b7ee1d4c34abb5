package io.weir.blackbox.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** The simulator as the real SDK sees it when nothing is wrong with the answer. */
class BedrockSimulatorTest {

    private final BedrockSimulator simulator = BedrockSimulator.start();
    private final SdkCaller sdk = SdkCaller.of(simulator);

    @AfterEach
    void stop() {
        sdk.close();
        simulator.close();
    }

    @Test
    void whole_answer_carries_text_stop_reason_and_the_metered_usage() throws Throwable {
        // Given
        simulator.script(Script.text("Paris is the capital."));
        // When
        var response = sdk.converse("Which city is it?");
        // Then: "Whic h city is it?" are 5 pieces and 4 for the message; "Pari s is the capi tal." are 6
        assertThat(response.output().message().content().getFirst().text()).isEqualTo("Paris is the capital.");
        assertThat(response.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(response.usage().inputTokens()).isEqualTo(9);
        assertThat(response.usage().outputTokens()).isEqualTo(6);
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(9, 6, 0, 0));
    }

    @Test
    void stream_has_the_services_events_in_its_order() throws Throwable {
        // Given
        simulator.script(Script.text("one two"));
        // When
        var stream = sdk.stream("hi").await();
        // Then
        assertThat(stream.eventTypes()).containsExactly("messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop",
                "metadata");
        assertThat(stream.text()).isEqualTo("one two");
        ConverseStreamMetadataEvent metadata = (ConverseStreamMetadataEvent) stream.events().getLast();
        assertThat(metadata.usage().inputTokens()).isEqualTo(5);
        assertThat(metadata.usage().outputTokens()).isEqualTo(2);
        assertThat(metadata.usage().totalTokens()).isEqualTo(7);
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(5, 2, 0, 0));
    }

    @Test
    void stream_and_whole_twin_cost_the_same() throws Throwable {
        // Given
        simulator.script(Script.text("Größe ist nicht alles, 量 auch nicht 🎉.").withReasoning("think hard").withCache(3, 2));
        var prices = Map.of(SdkCaller.MODEL, new TokenMeter.Prices(usd("0.25"), usd("1.25"), usd("0.03"), usd("0.30")));
        // When
        var whole = sdk.converse("How much is enough?");
        BigDecimal wholeCost = simulator.meter().exactCost(prices);
        simulator.meter().reset();
        var stream = sdk.stream("How much is enough?").await();
        BigDecimal streamCost = simulator.meter().exactCost(prices);
        // Then
        assertThat(stream.text()).isEqualTo(whole.output().message().content().get(1).text());
        assertThat(whole.output().message().content().getFirst().reasoningContent().reasoningText().text()).isEqualTo("think hard");
        assertThat(whole.usage().cacheReadInputTokens()).isEqualTo(3);
        assertThat(whole.usage().cacheWriteInputTokens()).isEqualTo(2);
        assertThat(streamCost).isEqualByComparingTo(wholeCost).isPositive();
    }

    @Test
    void reasoning_and_tool_blocks_come_as_their_own_deltas() throws Throwable {
        // Given
        simulator.script(Script.text("ok").withReasoning("hmm").withTool("t1", "clock", "{\"zone\":\"UTC\"}"));
        // When
        var stream = sdk.stream("hi").await();
        // Then
        var deltas = stream.events().stream().filter(ContentBlockDeltaEvent.class::isInstance).map(e -> ((ContentBlockDeltaEvent) e).delta()).toList();
        assertThat(deltas.getFirst().reasoningContent().text()).isEqualTo("hmm");
        assertThat(deltas.getLast().toolUse().input()).isEqualTo("\"}");
        assertThat(stream.eventTypes()).contains("contentBlockStart");
        MessageStopEvent end = (MessageStopEvent) stream.events().stream().filter(MessageStopEvent.class::isInstance).findFirst().orElseThrow();
        assertThat(end.stopReason()).isEqualTo(StopReason.TOOL_USE);
    }

    @Test
    void max_tokens_and_stop_sequences_end_the_answer() throws Throwable {
        // Given
        simulator.script(Script.tokens(50));
        // When
        var cut = sdk.converse("hi", r -> r.inferenceConfig(i -> i.maxTokens(7)));
        simulator.script(Script.text("left STOP right"));
        var stopped = sdk.converse("hi", r -> r.inferenceConfig(i -> i.maxTokens(7).stopSequences("STOP")));
        simulator.script(Script.tokens(7));
        var exact = sdk.converse("hi", r -> r.inferenceConfig(i -> i.maxTokens(7)));
        // Then
        assertThat(cut.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(cut.usage().outputTokens()).isEqualTo(7);
        assertThat(stopped.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
        assertThat(stopped.output().message().content().getFirst().text()).isEqualTo("left ");
        assertThat(exact.stopReason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void signature_of_the_real_sdk_is_checked_against_the_secret_the_region_and_the_key() {
        // Given
        AccessKey key = simulator.account().keys().getFirst();
        // When / Then
        assertThat(refusal(AccessKey.permanent(key.id(), key.secret() + "x"), "us-east-1")).isEqualTo("403 InvalidSignatureException");
        assertThat(refusal(AccessKey.permanent("AKIAUNKNOWN", key.secret()), "us-east-1")).isEqualTo("403 UnrecognizedClientException");
        assertThat(refusal(AccessKey.temporary(key.id(), key.secret(), "token", Instant.MAX), "us-east-1")).isEqualTo("403 UnrecognizedClientException");
        assertThat(refusal(key, "eu-central-1")).isEqualTo("403 InvalidSignatureException");
        assertThat(simulator.meter().calls()).isZero();
        assertThat(simulator.attempts()).isEqualTo(4);
    }

    @Test
    void temporary_credentials_work_until_they_lapse() throws Throwable {
        // Given
        Instant now = Instant.now();
        AccessKey live = AccessKey.temporary("ASIALIVE", "secret/one", "FwoGZXIvYXdzEBYaD//token+one==", now.plusSeconds(600));
        AccessKey lapsed = AccessKey.temporary("ASIALAPSED", "secret/two", "token-two", now.minusSeconds(1));
        var account = new BedrockSimulator.Account("us-east-1", List.of(live, lapsed), Set.of(), Clock.systemUTC());
        try (BedrockSimulator other = BedrockSimulator.start(account);
                SdkCaller good = new SdkCaller(other.endpoint(), live, "us-east-1");
                SdkCaller late = new SdkCaller(other.endpoint(), lapsed, "us-east-1")) {
            // When
            good.converse("hi");
            // Then
            assertThatThrownBy(() -> late.converse("hi")).isInstanceOfSatisfying(BedrockRuntimeException.class,
                    e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ExpiredTokenException"));
            assertThat(other.environment()).containsEntry("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEBYaD//token+one==");
        }
    }

    @Test
    void ids_with_colons_and_inference_profile_arns_with_slashes_arrive_decoded() throws Throwable {
        // Given
        String arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0";
        // When
        sdk.converse("hi", r -> r.modelId(arn));
        // Then
        assertThat(simulator.lastRequest().call().orElseThrow().modelId()).isEqualTo(arn);
        assertThat(simulator.lastRequest().path()).contains("%2F").contains("%3A");
    }

    @Test
    void request_without_max_tokens_is_refused() {
        // When / Then
        assertThatThrownBy(() -> sdk.converse("hi", r -> r.inferenceConfig(i -> i.temperature(0.5f))))
                .isInstanceOf(ValidationException.class).hasMessageContaining("inferenceConfig.maxTokens");
    }

    @Test
    void gate_answers_nobody_until_the_third_request_has_arrived() throws Throwable {
        // Given
        simulator.gate().holdUntilArrived(3);
        var first = List.of(sdk.stream("a"), sdk.stream("b"));
        await().until(() -> simulator.gate().waiting() == 2);
        List<Boolean> doneBefore = first.stream().map(SdkCaller.Streamed::isDone).toList();
        // When
        sdk.stream("c").await();
        // Then
        assertThat(doneBefore).containsExactly(false, false);
        for (var stream : first) {
            stream.await();
        }
        assertThat(simulator.gate().waiting()).isZero();
    }

    @Test
    void steps_let_exactly_that_many_deltas_through() throws Throwable {
        // Given
        Steps steps = new Steps();
        simulator.script(Script.tokens(5).stepped(steps));
        var stream = sdk.stream("hi");
        // When
        steps.allow(2);
        // Then
        await().until(() -> stream.events().size() == 3);
        assertThat(simulator.lastRequest().generated()).isEqualTo(2);
        steps.allowAll();
        assertThat(stream.await().text()).isEqualTo("aaaa aaab aaac aaad aaae");
    }

    @Test
    void cancelled_stream_is_seen_within_250_ms_and_metered_for_what_was_generated() throws Throwable {
        // Given
        Steps steps = new Steps();
        simulator.script(Script.tokens(100).stepped(steps));
        var stream = sdk.stream("hi");
        steps.allow(3);
        await().until(() -> stream.events().size() == 4);
        // When
        long closed = System.nanoTime();
        stream.cancel();
        // Then
        SimulatedRequest request = simulator.lastRequest();
        await().until(() -> request.state() == SimulatedRequest.State.CLIENT_GONE);
        assertThat(Duration.ofNanos(request.clientGoneNanos().orElseThrow() - closed)).isLessThan(Duration.ofMillis(250));
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(5, 3, 0, 0));
        assertThat(simulator.inFlight()).isZero();
    }

    @Test
    void client_gone_before_the_first_byte_is_metered_for_its_input() {
        // Given
        simulator.gate().hold();
        var stream = sdk.stream("hi");
        await().until(() -> simulator.gate().waiting() == 1);
        // When
        stream.cancel();
        // Then
        await().until(() -> simulator.lastRequest().state() == SimulatedRequest.State.CLIENT_GONE);
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(5, 0, 0, 0));
        assertThat(simulator.gate().waiting()).isZero();
    }

    @Test
    void canary_is_seen_raw_and_escaped_and_not_otherwise() throws Throwable {
        // Given
        simulator.canary().forbid("tweet \"tweet\"");
        sdk.converse("tweet tweet");
        simulator.canary().assertNeverSeen();
        // When
        sdk.converse("please: tweet \"tweet\" now");
        // Then
        assertThat(simulator.canary().sightings()).isEqualTo(1);
        assertThatThrownBy(() -> simulator.canary().assertNeverSeen()).isInstanceOf(AssertionError.class);
    }

    @Test
    void meter_rounds_each_call_up_to_the_nano_dollar() throws Throwable {
        // Given: 5 input and 2 output tokens a call
        simulator.script(Script.tokens(2));
        var prices = Map.of(SdkCaller.MODEL, new TokenMeter.Prices(usd("0.0001"), usd("0.0003"), usd("0"), usd("0")));
        // When
        for (int i = 0; i < 3; i++) {
            sdk.converse("hi");
        }
        // Then: 5 x 0.0001 + 2 x 0.0003 = 0.0011 dollars a million = 1.1 nano-dollars a call
        assertThat(simulator.meter().exactCost(prices)).isEqualByComparingTo(usd("0.0000000033"));
        assertThat(simulator.meter().costRoundedUpPerCall(prices)).isEqualByComparingTo(usd("0.000000006"));
        assertThat(simulator.meter().calls()).isEqualTo(3);
        assertThat(simulator.attempts()).isEqualTo(3);
        assertThat(simulator.connections()).isEqualTo(1);
    }

    @Test
    void forty_streams_at_once_are_all_whole_and_all_metered() throws Throwable {
        // Given
        simulator.script(call -> Script.text("echo " + call.lastText()).paced(Duration.ZERO, Duration.ofMillis(1)));
        // When
        var streams = IntStream.range(0, 40).mapToObj(i -> sdk.stream("number " + i)).toList();
        // Then
        for (int i = 0; i < 40; i++) {
            assertThat(streams.get(i).await().text()).isEqualTo("echo number " + i);
        }
        assertThat(simulator.meter().calls()).isEqualTo(40);
        await().until(() -> simulator.inFlight() == 0);
    }

    private String refusal(AccessKey key, String region) {
        try (SdkCaller caller = new SdkCaller(simulator.endpoint(), key, region)) {
            caller.converse("hi");
            return "accepted";
        } catch (BedrockRuntimeException refused) {
            return refused.statusCode() + " " + refused.awsErrorDetails().errorCode();
        } catch (Throwable other) {
            return other.toString();
        }
    }

    private static BigDecimal usd(String amount) {
        return new BigDecimal(amount);
    }
}
