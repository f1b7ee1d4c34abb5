package io.weir.blackbox.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.InternalServerException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceUnavailableException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Each injected fault as the real SDK sees it; the request after it is answered well. */
class BedrockSimulatorFaultsTest {

    private final BedrockSimulator simulator = BedrockSimulator.start();
    private final SdkCaller sdk = SdkCaller.of(simulator);

    @AfterEach
    void stop() {
        sdk.close();
        simulator.close();
    }

    static Stream<Arguments> serviceErrors() {
        return Stream.of(
                Arguments.of(Fault.throttling(), 429, ThrottlingException.class),
                Arguments.of(Fault.serviceUnavailable(), 503, ServiceUnavailableException.class),
                Arguments.of(Fault.modelTimeout(), 408, ModelTimeoutException.class),
                Arguments.of(Fault.validation(), 400, ValidationException.class),
                Arguments.of(Fault.accessDenied(), 403, AccessDeniedException.class),
                Arguments.of(Fault.modelNotReady(), 429, ModelNotReadyException.class),
                Arguments.of(Fault.internalServer(), 500, InternalServerException.class),
                Arguments.of(Fault.modelError(), 424, ModelErrorException.class),
                Arguments.of(Fault.resourceNotFound(), 404, ResourceNotFoundException.class),
                Arguments.of(Fault.quotaExceeded(), 400, ServiceQuotaExceededException.class));
    }

    @ParameterizedTest
    @MethodSource("serviceErrors")
    void service_error_has_its_modelled_type_costs_nothing_and_is_tried_once(Fault fault, int status, Class<? extends BedrockRuntimeException> type)
            throws Throwable {
        // Given
        simulator.faults().next(2, fault);
        // When / Then
        assertThatThrownBy(() -> sdk.converse("hi")).isInstanceOfSatisfying(type, e -> assertThat(e.statusCode()).isEqualTo(status));
        assertThat(sdk.stream("hi").failure()).isInstanceOfSatisfying(type, e -> assertThat(e.statusCode()).isEqualTo(status));
        assertThat(simulator.meter().calls()).isZero();
        assertThat(simulator.attempts()).isEqualTo(2);
        sdk.stream("hi").await();
        assertThat(simulator.meter().calls()).isEqualTo(1);
    }

    @Test
    void exception_frame_mid_stream_has_its_type_and_the_generated_part_is_metered() throws Throwable {
        // Given: three frames are messageStart and two deltas
        simulator.script(Script.tokens(9));
        simulator.faults().next(Fault.modelStreamError(3)).next(Fault.streamThrottling(1));
        // When
        var broken = sdk.stream("hi");
        Throwable modelError = broken.failure();
        Throwable throttled = sdk.stream("hi").failure();
        // Then
        assertThat(modelError).isInstanceOf(ModelStreamErrorException.class);
        assertThat(broken.text()).isEqualTo("aaaa aaab");
        assertThat(throttled).isInstanceOf(ThrottlingException.class);
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(10, 2, 0, 0));
    }

    @Test
    void damaged_checksum_breaks_the_stream_at_that_frame() throws Throwable {
        // Given
        simulator.script(Script.tokens(9));
        simulator.faults().next(new Fault.BadCrc(3));
        // When
        var broken = sdk.stream("hi");
        Throwable failure = broken.failure();
        // Then
        assertThat(failure).isInstanceOf(SdkClientException.class);
        assertThat(broken.text()).isEqualTo("aaaa");
    }

    /** Over HTTP/1.1 the SDK takes a chunked body cut by FIN for a whole one: only {@code messageStop} and {@code metadata} tell. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 11, 12, 100, 130, 200, 301, 450})
    void stream_cut_at_a_byte_ends_without_message_stop(int bytes) throws Throwable {
        // Given: the whole body of this script is longer than every cut here
        simulator.script(Script.tokens(2));
        simulator.faults().next(new Fault.CutAtByte(bytes));
        // When
        var broken = sdk.stream("hi").await();
        // Then
        assertThat(broken.eventTypes()).doesNotContain("messageStop", "metadata");
        assertThat(simulator.lastRequest().bodyBytes()).isEqualTo(bytes);
        await().until(() -> simulator.lastRequest().state() == SimulatedRequest.State.FAULTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40})
    void whole_answer_cut_at_a_byte_fails(int bytes) {
        // Given
        simulator.faults().next(new Fault.CutAtByte(bytes));
        // When / Then
        assertThatThrownBy(() -> sdk.converse("hi")).isInstanceOf(SdkClientException.class);
        assertThat(simulator.lastRequest().bodyBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void reset_fails_the_stream(int afterFrames) throws Throwable {
        // Given
        simulator.script(Script.tokens(9));
        simulator.faults().next(new Fault.Reset(afterFrames));
        // When
        Throwable failure = sdk.stream("hi").failure();
        // Then
        assertThat(failure).isInstanceOf(SdkClientException.class);
        await().until(() -> simulator.lastRequest().state() == SimulatedRequest.State.FAULTED);
    }

    @Test
    void silence_lasts_until_the_client_goes() {
        // Given
        simulator.script(Script.tokens(9));
        simulator.faults().next(new Fault.SilentBeforeHead()).next(new Fault.SilentAfter(0)).next(new Fault.SilentAfter(3));
        List<SdkCaller.Streamed> streams = List.of(sdk.stream("hi"), sdk.stream("hi"), sdk.stream("hi"));
        await().until(() -> streams.stream().mapToInt(s -> s.events().size()).sum() == 3 && simulator.inFlight() == 3);
        // When
        streams.forEach(SdkCaller.Streamed::cancel);
        // Then
        await().until(() -> simulator.inFlight() == 0);
        assertThat(simulator.requests()).allSatisfy(r -> assertThat(r.state()).isEqualTo(SimulatedRequest.State.CLIENT_GONE));
        assertThat(simulator.meter().total(SdkCaller.MODEL)).isEqualTo(new TokenMeter.Tokens(15, 2, 0, 0));
    }

    @Test
    void end_without_message_stop_and_missing_usage_look_like_good_streams_to_the_sdk() throws Throwable {
        // Given
        simulator.script(Script.tokens(3));
        simulator.faults().next(new Fault.EndEarly(2)).next(2, new Fault.NoUsage());
        // When
        var early = sdk.stream("hi").await();
        var noUsage = sdk.stream("hi").await();
        var wholeNoUsage = sdk.converse("hi");
        // Then
        assertThat(early.eventTypes()).containsExactly("messageStart", "contentBlockDelta");
        assertThat(noUsage.eventTypes()).endsWith("messageStop");
        assertThat(wholeNoUsage.usage()).isNull();
        assertThat(simulator.meter().total(SdkCaller.MODEL).output()).isEqualTo(1 + 3 + 3);
    }

    @Test
    void more_than_max_tokens_is_generated_reported_and_metered() throws Throwable {
        // Given
        simulator.script(Script.tokens(50));
        simulator.faults().next(new Fault.AboveMaxTokens(5));
        // When
        var response = sdk.converse("hi", r -> r.inferenceConfig(i -> i.maxTokens(10)));
        // Then
        assertThat(response.usage().outputTokens()).isEqualTo(15);
        assertThat(simulator.meter().total(SdkCaller.MODEL).output()).isEqualTo(15);
    }

    @Test
    void html_page_and_wrong_content_type_do_not_pass_for_answers() throws Throwable {
        // Given
        simulator.faults().next(new Fault.HtmlPage(502)).next(new Fault.HtmlPage(200)).next(new Fault.WrongContentType("text/plain"));
        // When
        Throwable page = sdk.stream("hi").failure();
        Throwable pageAsSuccess = sdk.stream("hi").failure();
        var mislabelled = sdk.stream("hi").await();
        // Then
        assertThat(page).isInstanceOfSatisfying(BedrockRuntimeException.class, e -> assertThat(e.statusCode()).isEqualTo(502));
        assertThat(pageAsSuccess).isInstanceOf(SdkClientException.class);
        assertThat(mislabelled.eventTypes()).endsWith("metadata");
        assertThat(simulator.meter().calls()).isEqualTo(1);
    }

    @Test
    void faults_hit_by_turn_by_period_and_by_predicate() throws Throwable {
        // Given
        simulator.faults().every(3, Fault.throttling()).when(call -> call.lastText().contains("bad"), Fault.internalServer());
        StringBuilder seen = new StringBuilder();
        // When
        for (String text : List.of("a", "bad", "c", "d", "e", "f")) {
            try {
                sdk.converse(text);
                seen.append("ok ");
            } catch (BedrockRuntimeException failed) {
                seen.append(failed.statusCode()).append(' ');
            }
        }
        simulator.faults().clear();
        sdk.converse("bad");
        // Then
        assertThat(seen.toString()).isEqualTo("ok 500 429 ok ok 429 ");
    }
}
