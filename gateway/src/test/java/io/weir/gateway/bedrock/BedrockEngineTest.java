package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.bedrock.BedrockSimulator;
import io.weir.blackbox.bedrock.Fault;
import io.weir.blackbox.bedrock.Script;
import io.weir.blackbox.bedrock.SimulatedRequest;
import io.weir.blackbox.bedrock.Steps;
import io.weir.blackbox.bedrock.TokenMeter;
import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.EngineCall;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineStream;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Delta;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.ReasoningDelta;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.StreamEvent.UsageReport;
import io.weir.router.stream.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine over the real SDK against the simulator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BedrockEngineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BedrockSimulator simulator = BedrockSimulator.start();
    private final AwsChain chain = AwsChain.to(simulator);
    private final BedrockEngine engine = chain.engine(BedrockConnections.STANDARD);

    @BeforeEach
    void calm() {
        simulator.faults().clear();
        simulator.gate().release();
        await().until(() -> simulator.inFlight() == 0);
        simulator.meter().reset();
    }

    @AfterAll
    void stop() {
        engine.close();
        chain.close();
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void answer_has_reasoning_text_usage_and_one_end(Delivery delivery) {
        // Given: 5 fresh + 2 cached + 1 written input tokens; 1 + 2 output tokens
        simulator.script(Script.text("one two").withReasoning("hm").withCache(2, 1));
        // When
        List<StreamEvent> events = drain(engine.open(Calls.call(delivery, List.of(Message.text(Role.USER, "how are you"))), Calls.permit(), new CancelToken()));
        // Then
        String text = String.join("", events.stream().filter(Delta.class::isInstance).map(e -> ((Delta) e).text()).toList());
        assertThat(text).isEqualTo("one two");
        assertThat(events.getFirst()).isEqualTo(new ReasoningDelta("hm"));
        assertThat(events.get(events.size() - 2)).isEqualTo(new UsageReport(new Usage.Exact(4, 2, 1, 3, 0)));
        assertThat(events.getLast()).isEqualTo(new Finished(FinishReason.STOP));
        assertThat(simulator.meter().total(Calls.MODEL)).isEqualTo(new TokenMeter.Tokens(4, 3, 2, 1));
    }

    @Test
    void wire_form_is_exactly_this() {
        // Given
        var messages = List.of(Message.text(Role.SYSTEM, "brief"), Message.text(Role.USER, "hi"), Message.text(Role.USER, "ho"));
        // When
        drain(engine.open(Calls.call(Delivery.STREAM, messages, new Sampling(0.5, null, 7L, List.of("END"))), Calls.permit(), new CancelToken()));
        // Then
        SimulatedRequest request = simulator.lastRequest();
        assertThat(request.call().orElseThrow().body().toString()).isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"},"
                + "{\"text\":\"ho\"}]}],\"system\":[{\"text\":\"brief\"}],\"inferenceConfig\":{\"maxTokens\":100,\"temperature\":0.5,"
                + "\"stopSequences\":[\"END\"]},\"requestMetadata\":" + request.call().orElseThrow().body().get("requestMetadata") + "}");
        assertThat(request.call().orElseThrow().body().get("requestMetadata").get("weir-request").textValue()).isEqualTo(Calls.REQUEST);
        assertThat(request.header("amz-sdk-request")).contains("attempt=1; max=1");
    }

    @Test
    void cut_by_the_cap_ends_with_length() {
        // Given
        simulator.script(Script.tokens(Calls.CAP + 50));
        // When
        List<StreamEvent> events = drain(stream());
        // Then
        assertThat(events.getLast()).isEqualTo(new Finished(FinishReason.LENGTH));
        assertThat(events.stream().filter(Delta.class::isInstance)).hasSize(Calls.CAP);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(Fault.throttling(), BreakCause.THROTTLED, Spent.NOTHING),
                Arguments.of(Fault.quotaExceeded(), BreakCause.THROTTLED, Spent.NOTHING),
                Arguments.of(Fault.serviceUnavailable(), BreakCause.UNAVAILABLE, Spent.NOTHING),
                Arguments.of(Fault.modelNotReady(), BreakCause.UNAVAILABLE, Spent.NOTHING),
                Arguments.of(Fault.validation(), BreakCause.INVALID, Spent.NOTHING),
                Arguments.of(Fault.accessDenied(), BreakCause.DENIED, Spent.NOTHING),
                Arguments.of(Fault.resourceNotFound(), BreakCause.DENIED, Spent.NOTHING),
                Arguments.of(Fault.modelTimeout(), BreakCause.TIMED_OUT, Spent.UNKNOWN),
                Arguments.of(Fault.internalServer(), BreakCause.SERVER_ERROR, Spent.UNKNOWN),
                Arguments.of(Fault.modelError(), BreakCause.SERVER_ERROR, Spent.UNKNOWN),
                Arguments.of(new Fault.HtmlPage(502), BreakCause.SERVER_ERROR, Spent.UNKNOWN),
                Arguments.of(new Fault.HtmlPage(200), BreakCause.MALFORMED, Spent.UNKNOWN),
                Arguments.of(new Fault.Reset(0), BreakCause.CUT, Spent.UNKNOWN),
                Arguments.of(new Fault.CutAtByte(0), BreakCause.CUT, Spent.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void failure_without_an_answer_is_tried_once_and_named_alike_for_both_deliveries(Fault fault, BreakCause cause, Spent spent) {
        // Given
        simulator.faults().next(2, fault);
        long before = simulator.attempts();
        // When
        List<StreamEvent> streamed = drain(stream());
        List<StreamEvent> whole = drain(engine.open(Calls.whole("hi"), Calls.permit(), new CancelToken()));
        // Then
        assertThat(streamed).containsExactly(new Broken(cause, spent));
        assertThat(whole).containsExactly(new Broken(cause, spent));
        assertThat(simulator.attempts() - before).isEqualTo(2);
    }

    static Stream<Arguments> breaks() {
        return Stream.of(
                Arguments.of(Fault.modelStreamError(4), BreakCause.SERVER_ERROR),
                Arguments.of(Fault.streamThrottling(4), BreakCause.THROTTLED),
                Arguments.of(new Fault.ExceptionFrame(4, "internalServerException", "x"), BreakCause.SERVER_ERROR),
                Arguments.of(new Fault.ExceptionFrame(4, "serviceUnavailableException", "x"), BreakCause.UNAVAILABLE),
                Arguments.of(new Fault.ExceptionFrame(4, "validationException", "x"), BreakCause.INVALID),
                Arguments.of(new Fault.BadCrc(5), BreakCause.MALFORMED),
                Arguments.of(new Fault.EndEarly(4), BreakCause.CUT),
                Arguments.of(new Fault.Reset(4), BreakCause.CUT));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void break_in_the_middle_delivers_a_prefix_then_its_cause_and_may_have_cost(Fault fault, BreakCause cause) {
        // Given
        simulator.script(Script.tokens(9).paced(Duration.ZERO, Duration.ofMillis(5)));
        simulator.faults().next(fault);
        // When
        List<StreamEvent> events = drain(stream());
        // Then
        assertThat(events).containsExactly(new Delta("aaaa"), new Delta(" aaab"), new Delta(" aaac"), new Broken(cause, Spent.UNKNOWN));
    }

    @Test
    void every_cut_of_a_stream_is_a_prefix_and_never_a_good_end() {
        // Given
        simulator.script(Script.tokens(4));
        drain(stream());
        int whole = (int) simulator.lastRequest().bodyBytes();
        List<Integer> falselyGood = new ArrayList<>();
        int cuts = 0;
        // When
        for (int bytes = 0; bytes < whole; bytes += 7) {
            simulator.faults().next(new Fault.CutAtByte(bytes));
            List<StreamEvent> events = drain(stream());
            boolean counted = events.stream().anyMatch(UsageReport.class::isInstance);
            if (counted || events.getLast() instanceof Finished && textOf(events).length() < 19) {
                falselyGood.add(bytes);
            }
            cuts++;
        }
        // Then
        assertThat(falselyGood).isEmpty();
        assertThat(cuts).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void wrong_content_type_is_malformed(Delivery delivery) {
        // Given
        simulator.faults().next(new Fault.WrongContentType("text/plain"));
        // When
        List<StreamEvent> events = drain(engine.open(Calls.call(delivery, List.of(Message.text(Role.USER, "hi"))), Calls.permit(), new CancelToken()));
        // Then
        assertThat(events).containsExactly(new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void answer_without_usage_finishes_without_a_report(Delivery delivery) {
        // Given
        simulator.script(Script.text("ok"));
        simulator.faults().next(new Fault.NoUsage());
        // When
        List<StreamEvent> events = drain(engine.open(Calls.call(delivery, List.of(Message.text(Role.USER, "hi"))), Calls.permit(), new CancelToken()));
        // Then
        assertThat(events).containsExactly(new Delta("ok"), new Finished(FinishReason.STOP));
    }

    @Test
    void tool_use_that_nobody_asked_for_is_malformed() {
        // Given
        simulator.script(Script.text("ok").withTool("t", "n", "{}"));
        // When
        List<StreamEvent> events = drain(stream());
        // Then
        assertThat(events).containsExactly(new Delta("ok"), new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
    }

    static Stream<Fault> silences() {
        return Stream.of(new Fault.SilentBeforeHead(), new Fault.SilentAfter(0), new Fault.SilentAfter(3));
    }

    @ParameterizedTest
    @MethodSource("silences")
    void deadline_ends_silence_and_closes_the_upstream_within_250_ms(Fault silence) {
        // Given
        simulator.script(Script.tokens(9));
        simulator.faults().next(silence);
        EngineStream stream = stream();
        await().until(() -> simulator.inFlight() == 1);
        StreamEvent event = stream.next(in(Duration.ofMillis(300)));
        // When
        while (event instanceof Delta) {
            event = stream.next(in(Duration.ofMillis(300)));
        }
        long ended = System.nanoTime();
        // Then
        assertThat(event).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.UNKNOWN));
        assertClosedWithin250ms(ended);
        stream.close();
    }

    @ParameterizedTest
    @MethodSource("silences")
    void cancel_wakes_the_reader_and_closes_the_upstream_within_250_ms(Fault silence) throws InterruptedException {
        // Given
        simulator.script(Script.tokens(9));
        simulator.faults().next(silence);
        CancelToken cancel = new CancelToken();
        EngineStream stream = engine.open(Calls.stream("hi"), Calls.permit(), cancel);
        List<StreamEvent> events = new ArrayList<>();
        Thread reader = Thread.ofVirtual().start(() -> events.addAll(drain(stream)));
        await().until(() -> simulator.inFlight() == 1 && simulator.lastRequest().generated() == (silence.equals(new Fault.SilentAfter(3)) ? 2 : 0));
        // When
        long cancelled = System.nanoTime();
        cancel.cancel();
        reader.join();
        // Then
        assertThat(events.getLast()).isEqualTo(new Broken(BreakCause.CANCELLED, Spent.UNKNOWN));
        assertClosedWithin250ms(cancelled);
    }

    @Test
    void whole_answer_is_cancelled_too() {
        // Given
        simulator.faults().next(new Fault.SilentBeforeHead());
        EngineStream stream = engine.open(Calls.whole("hi"), Calls.permit(), new CancelToken());
        await().until(() -> simulator.inFlight() == 1);
        // When
        long closed = System.nanoTime();
        stream.close();
        // Then
        assertThat(stream.next(in(PATIENCE))).isEqualTo(new Broken(BreakCause.CANCELLED, Spent.UNKNOWN));
        assertClosedWithin250ms(closed);
    }

    @Test
    void hundred_cancels_in_the_middle_are_all_seen_within_250_ms() {
        // Given
        Steps steps = new Steps();
        simulator.script(Script.tokens(50).stepped(steps));
        long[] micros = new long[100];
        // When
        for (int i = 0; i < micros.length; i++) {
            EngineStream stream = stream();
            steps.allow(1);
            stream.next(in(PATIENCE));
            long closed = System.nanoTime();
            stream.close();
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> simulator.inFlight() == 0);
            micros[i] = (simulator.lastRequest().clientGoneNanos().orElseThrow() - closed) / 1000;
        }
        // Then
        Arrays.sort(micros);
        assertThat(micros[99]).isLessThan(250_000);
        assertThat(simulator.meter().total(Calls.MODEL).output()).isEqualTo(100);
    }

    @Test
    void cancelled_before_it_opens_nothing_is_sent() {
        // Given
        CancelToken cancel = new CancelToken();
        cancel.cancel();
        long before = simulator.attempts();
        // When
        List<StreamEvent> events = drain(engine.open(Calls.stream("hi"), Calls.permit(), cancel));
        // Then
        assertThat(events).containsExactly(new Broken(BreakCause.CANCELLED, Spent.NOTHING));
        assertThat(simulator.attempts()).isEqualTo(before);
    }

    @Test
    void conversation_without_a_form_is_invalid_and_never_sent() {
        // Given
        long before = simulator.attempts();
        EngineCall call = Calls.call(Delivery.STREAM, List.of(Message.text(Role.ASSISTANT, "hi")));
        // When
        List<StreamEvent> events = drain(engine.open(call, Calls.permit(), new CancelToken()));
        // Then
        assertThat(events).containsExactly(new Broken(BreakCause.INVALID, Spent.NOTHING));
        assertThat(simulator.attempts()).isEqualTo(before);
    }

    @Test
    void reader_who_stops_stops_the_upstream() {
        // Given: 100 deltas of 400,000 bytes would come if they were read
        simulator.script(Script.text("abcd".repeat(10_000_000)).withPiecesPerDelta(100_000));
        EngineStream stream = engine.open(big(), Calls.permit(), new CancelToken());
        stream.next(in(PATIENCE));
        SimulatedRequest request = simulator.lastRequest();
        AtomicLong before = new AtomicLong(-1);
        // When: the flow has come to rest
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> before.getAndSet(request.bodyBytes()) == request.bodyBytes());
        // Then: one delta was read, and most of the rest was never generated
        assertThat(request.state()).isEqualTo(SimulatedRequest.State.RUNNING);
        assertThat(request.generated()).isLessThan(3_000_000);
        stream.close();
    }

    @Test
    void finished_calls_leave_their_connection_for_the_next() {
        // Given
        simulator.script(Script.text("ok"));
        drain(stream());
        long before = simulator.connections();
        // When
        for (int i = 0; i < 50; i++) {
            try (EngineStream stream = stream()) {
                drain(stream);
            }
        }
        // Then: a call that follows at once may find the connection not yet given back
        assertThat(simulator.connections()).isBetween(before, before + 3);
    }

    @Test
    void last_event_stays_the_last() {
        // Given
        EngineStream stream = stream();
        List<StreamEvent> events = drain(stream);
        // When
        stream.close();
        StreamEvent again = stream.next(in(Duration.ZERO));
        // Then
        assertThat(again).isEqualTo(events.getLast()).isEqualTo(new Finished(FinishReason.STOP));
    }

    private EngineStream stream() {
        return engine.open(Calls.stream("hi"), Calls.permit(), new CancelToken());
    }

    private static EngineCall big() {
        EngineCall small = Calls.stream("hi");
        return new EngineCall(small.model(), small.request(), 100_000_000, Delivery.STREAM);
    }

    private void assertClosedWithin250ms(long since) {
        await().until(() -> simulator.lastRequest().clientGoneNanos().isPresent());
        assertThat(Duration.ofNanos(simulator.lastRequest().clientGoneNanos().orElseThrow() - since)).isLessThan(Duration.ofMillis(250));
    }

    private static String textOf(List<StreamEvent> events) {
        return String.join("", events.stream().filter(Delta.class::isInstance).map(e -> ((Delta) e).text()).toList());
    }

    private static List<StreamEvent> drain(EngineStream stream) {
        List<StreamEvent> events = new ArrayList<>();
        do {
            events.add(stream.next(in(PATIENCE)));
        } while (!(events.getLast() instanceof Finished) && !(events.getLast() instanceof Broken));
        return events;
    }

    private static Deadline in(Duration wait) {
        return Deadline.after(wait, System::nanoTime);
    }
}
