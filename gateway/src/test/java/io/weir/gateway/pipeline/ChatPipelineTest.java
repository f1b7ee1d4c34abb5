package io.weir.gateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.dialect.OpenAiChatParser;
import io.weir.gateway.dialect.WeirDecisionWriter;
import io.weir.router.CancelToken;
import io.weir.router.Engine;
import io.weir.router.Money;
import io.weir.router.Outcome;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.router.Router;
import io.weir.router.RoutingPolicy;
import io.weir.router.TokenPrice;
import io.weir.router.chat.InputBound;
import io.weir.router.score.HeuristicScorer;
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
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.Role;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.Unsupported;
import io.weir.tenancy.admission.Reservation;
import io.weir.tenancy.admission.Settlement;
import io.weir.tenancy.admission.Settlement.Basis;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChatPipelineTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final TokenPrice PRICE = new TokenPrice(1_000_000, 1_000_000, 1_000_000, 2_000_000);
    private static final String SIMPLE = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String COMPLEX = SIMPLE.replace("Hello", "refactor " + "x".repeat(500));
    /** "Hello" is 5 bytes, one message, one request. */
    private static final long SIMPLE_BOUND = 5 + 16 + 64;

    private final FakeReservations reservations = new FakeReservations();
    private final RecordingSink sink = new RecordingSink();
    private final List<Outcome> outcomes = new ArrayList<>();
    private RoutingPolicy policy = RoutingPolicy.DEFAULT;
    private Unsupported unsupported = Unsupported.REFUSE;

    @Test
    void aStreamIsRelayedInOrderAndBookedAsMetered() {
        // Given
        ScriptedEngine engine = onPrem(
                new ReasoningDelta("hm"), new Delta("Hi"), new Delta("!"), new UsageReport(new Usage.Exact(10, 2, 0, 3, 1)), stop());

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(sink.sent).containsExactly("open local", "reasoning hm", "delta Hi", "delta !", "complete stop 15");
        assertThat(settlements()).containsExactly(tuple(Basis.METERED, 10 + 2 + 3 * 2, "completed"));
        assertThat(outcomes).containsExactly(new Outcome.Completed(FinishReason.STOP));
        assertThat(engine.closed).isEqualTo(1);
    }

    @Test
    void theCapAndThePermitGoToTheEngine() {
        // Given
        ScriptedEngine engine = onPrem(new Delta("Hi"), new UsageReport(new Usage.Exact(10, 0, 0, 1, 0)), stop());

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(engine.calls.getFirst().outputCap()).isEqualTo(100);
        assertThat(engine.permits.getFirst().ceiling()).isEqualTo(PRICE.ceiling(SIMPLE_BOUND, 100));
        assertThat(reservations.intents.getFirst()).isSameAs(engine.permits.getFirst());
    }

    @Test
    void anAnswerWhoseEngineNeverCountsIsAFloor() {
        // Given
        ScriptedEngine engine = onPrem(new Delta("abcdefghij"), stop());

        // When
        serve(SIMPLE, engine);

        // Then: the bound of the input, and ten bytes are at least three tokens
        assertThat(settlements()).containsExactly(tuple(Basis.FLOOR, SIMPLE_BOUND + 3 * 2, "completed"));
    }

    @Test
    void aRefusalReachesNoEngine() {
        // Given
        reservations.budget = Money.ZERO;
        ScriptedEngine engine = onPrem(stop());

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(sink.sent).containsExactly("fail 429 budget_held");
        assertThat(engine.calls).isEmpty();
        assertThat(reservations.ended).isEmpty();
        assertThat(outcomes).containsExactly(new Outcome.Refused("budget_held"));
    }

    @Test
    void withoutAnIntentOnRecordNothingIsSent() {
        // Given
        reservations.intentsRefused = true;
        ScriptedEngine engine = onPrem(stop());

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(sink.sent).containsExactly("fail 503 accounting_unavailable");
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void aFailureBeforeTheFirstDeltaFallsOverToTheNextUnderItsOwnHold() {
        // Given
        ScriptedEngine cloud = bedrock(new Broken(BreakCause.THROTTLED, Spent.NOTHING));
        ScriptedEngine local = onPrem(new Delta("Hi"), new UsageReport(new Usage.Exact(10, 0, 0, 1, 0)), stop());

        // When
        serve(COMPLEX, cloud, local);

        // Then
        assertThat(sink.sent).containsExactly("open local", "delta Hi", "complete stop 11");
        assertThat(reservations.claims).extracting(claim -> claim.attempt()).containsExactly(1, 2);
        assertThat(settlements()).containsExactly(tuple(Basis.VOID, 0, "upstream_broke"), tuple(Basis.METERED, 12, "completed"));
    }

    @Test
    void afterTheFirstDeltaNobodyElseIsAsked() {
        // Given
        ScriptedEngine cloud = bedrock(new Delta("Hi"), new Broken(BreakCause.CUT, Spent.UNKNOWN));
        ScriptedEngine local = onPrem(stop());

        // When
        serve(COMPLEX, cloud, local);

        // Then
        assertThat(sink.sent).containsExactly("open cloud", "delta Hi", "fail 502 engine_failed");
        assertThat(local.calls).isEmpty();
        assertThat(settlements()).containsExactly(tuple(Basis.FLOOR, bound(COMPLEX) + 2, "upstream_broke"));
    }

    @Test
    void aRequestTheEngineFindsInvalidIsNotAskedTwice() {
        // Given
        ScriptedEngine cloud = bedrock(new Broken(BreakCause.INVALID, Spent.NOTHING));
        ScriptedEngine local = onPrem(stop());

        // When
        serve(COMPLEX, cloud, local);

        // Then
        assertThat(sink.sent).containsExactly("fail 400 invalid_request");
        assertThat(local.calls).isEmpty();
    }

    @Test
    void aRefusedExtensionMeansNoFailover() {
        // Given
        ScriptedEngine cloud = bedrock(new Broken(BreakCause.THROTTLED, Spent.NOTHING));
        ScriptedEngine local = onPrem(stop());
        cloud.beforeLast = () -> reservations.budget = Money.ZERO;

        // When
        serve(COMPLEX, cloud, local);

        // Then
        assertThat(sink.sent).containsExactly("fail 503 engine_overloaded");
        assertThat(local.calls).isEmpty();
        assertThat(settlements()).containsExactly(tuple(Basis.VOID, 0, "upstream_broke"));
    }

    @Test
    void aCallerWhoLeavesIsBookedForPromptAndDelivered() {
        // Given
        ScriptedEngine engine = onPrem(new Delta("Hi"), new Delta(" there"), new Broken(BreakCause.CANCELLED, Spent.UNKNOWN));
        engine.beforeLast = () -> sink.gone = true;

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(settlements()).containsExactly(tuple(Basis.FLOOR, SIMPLE_BOUND + 2 * 2, "client_gone"));
        assertThat(outcomes).containsExactly(new Outcome.ClientGone());
        assertThat(sink.sent).containsExactly("open local", "delta Hi", "delta  there");
    }

    @Test
    void aCallerWhoLeftBeforeTheEngineWasAskedCostsNothing() {
        // Given
        ScriptedEngine engine = onPrem(stop());
        CancelToken cancel = new CancelToken();
        cancel.cancel();

        // When
        pipeline(engine).serve(inbound(SIMPLE), sink, cancel);

        // Then
        assertThat(engine.calls).isEmpty();
        assertThat(settlements()).containsExactly(tuple(Basis.VOID, 0, "client_gone"));
    }

    @Test
    void aWholeAnswerThatBreaksOffMayHaveSpentItsHold() {
        // Given
        ScriptedEngine engine = onPrem(new Broken(BreakCause.CUT, Spent.UNKNOWN));

        // When
        serve(SIMPLE.replace("true", "false"), engine);

        // Then
        assertThat(settlements())
                .containsExactly(tuple(Basis.HELD_FULL, PRICE.ceiling(SIMPLE_BOUND, 100).nanos(), "upstream_broke"));
        assertThat(sink.sent).containsExactly("fail 502 engine_failed");
    }

    @Test
    void theRunningUsageCountsAndWhatCameAfterItIsAdded() {
        // Given
        ScriptedEngine engine = onPrem(
                new Delta("Hi"),
                new UsageReport(new Usage.Exact(7, 0, 0, 1, 0)),
                new Delta("x"),
                new Broken(BreakCause.CUT, Spent.UNKNOWN));

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(settlements()).containsExactly(tuple(Basis.FLOOR, 7 + 2 * 2, "upstream_broke"));
        assertThat(reservations.checkpoints).containsExactly(1L, 1L, 2L);
    }

    @Test
    void anEngineThatDeliversAboveItsCapIsBookedInFull() {
        // Given
        ScriptedEngine engine = onPrem(new Delta("Hi"), new UsageReport(new Usage.Exact(10, 0, 0, 5_000, 0)), stop());

        // When
        serve(SIMPLE, engine);

        // Then
        Settlement settlement = reservations.ended.getFirst().settlement();
        Money held = PRICE.ceiling(SIMPLE_BOUND, 100);
        assertThat(settlement.withinHold()).isEqualTo(held);
        assertThat(settlement.overrun()).isEqualTo(Money.ofNanos(10 + 5_000 * 2).minus(held));
    }

    @Test
    void aFaultAfterTheEngineWasAskedBooksTheHold() {
        // Given
        ScriptedEngine engine = onPrem(new Delta("Hi"), stop());
        engine.beforeLast = () -> {
            throw new IllegalStateException("planted");
        };

        // When
        serve(SIMPLE, engine);

        // Then
        assertThat(settlements()).containsExactly(tuple(Basis.HELD_FULL, PRICE.ceiling(SIMPLE_BOUND, 100).nanos(), "faulted"));
        assertThat(sink.sent).containsExactly("open local", "delta Hi", "fail 500 internal_error");
    }

    @Test
    void aModelNobodyServesIsNotFound() {
        // Given
        ScriptedEngine engine = onPrem(stop());

        // When
        serve(SIMPLE.replace("auto", "nobody"), engine);

        // Then
        assertThat(sink.sent).containsExactly("fail 404 model_not_found");
        assertThat(reservations.claims).isEmpty();
    }

    @Test
    void aFieldThatIsNotBuiltIsRefused() {
        // Given
        ScriptedEngine engine = onPrem(stop());

        // When
        serve(SIMPLE.replace("true", "true,\"logprobs\":true"), engine);

        // Then
        assertThat(sink.sent).containsExactly("fail 400 unsupported_parameter");
    }

    @Test
    void whereTheTenantChoseLeniencyItIsIgnoredAndNamed() {
        // Given
        unsupported = Unsupported.IGNORE;
        ScriptedEngine engine = onPrem(stop());

        // When
        serve(SIMPLE.replace("true", "true,\"logprobs\":true"), engine);

        // Then
        assertThat(sink.sent).first().isEqualTo("open local ignored logprobs");
    }

    @Test
    void explainDecidesAsThePipelineDoesAndConsumesNothing() {
        // Given
        ScriptedEngine cloud = bedrock(stop());
        ScriptedEngine local = onPrem(stop());
        Stages stages = stages(cloud, local);

        // When
        Explain.Explanation explanation = new Explain(stages).of(inbound(COMPLEX));
        new ChatPipeline(stages).serve(inbound(COMPLEX), sink, new CancelToken());

        // Then
        assertThat(explanation.decision().chosen().candidate().model()).isEqualTo(cloud.calls.getFirst().model());
        assertThat(explanation.ceiling()).isEqualTo(reservations.intents.getFirst().ceiling());
        assertThat(reservations.claims).hasSize(1);
    }

    private void serve(String body, ScriptedEngine... engines) {
        pipeline(engines).serve(inbound(body), sink, new CancelToken());
    }

    private ChatPipeline pipeline(ScriptedEngine... engines) {
        return new ChatPipeline(stages(engines));
    }

    private Stages stages(ScriptedEngine... engines) {
        Engines all = new Engines(List.<Engine>of(engines), new OnePrice(PRICE));
        Admit admit = new Admit(reservations);
        Router router = new Router();
        Waits waits = new Waits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10));
        return new Stages(
                new TenantOf(new OneTenant(policy, unsupported)),
                (body, tenant) -> new OpenAiChatParser().parse(body, tenant.unsupported()),
                new Classify(new HeuristicScorer()),
                new Enumerate(all, router),
                admit,
                router,
                (decision, tenant) -> WeirDecisionWriter.decision(decision, tenant.policy()),
                new Dispatch(all, admit, reservations, waits, () -> 0),
                reservations,
                new Record(new Observer(), Clock.fixed(NOW, ZoneOffset.UTC)));
    }

    private List<Booked> settlements() {
        return reservations.ended.stream()
                .map(Reservation.Ended::settlement)
                .map(settlement -> new Booked(settlement.basis(), settlement.amount().nanos(), settlement.outcome()))
                .toList();
    }

    private static Booked tuple(Basis basis, long nanos, String outcome) {
        return new Booked(basis, nanos, outcome);
    }

    private record Booked(Basis basis, long nanos, String outcome) {}

    private static long bound(String body) {
        return InputBound.of(new OpenAiChatParser().parse(bytes(body)));
    }

    private static Inbound inbound(String body) {
        RequestId id = new RequestId(UUID.fromString("01980000-0000-7000-8000-000000000001"));
        return new Inbound(id, caller(), bytes(body), NOW);
    }

    private static byte[] bytes(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private static Caller caller() {
        return new Caller(
                new OrganisationId("default"), new TenantId("blue"), new ProjectId("default"), new KeyId("key-1"), "ann", Set.of(Role.CALLER));
    }

    private static ScriptedEngine onPrem(StreamEvent... script) {
        return new ScriptedEngine(Route.ON_PREM, "local", script);
    }

    private static ScriptedEngine bedrock(StreamEvent... script) {
        return new ScriptedEngine(Route.BEDROCK, "cloud", script);
    }

    private static Finished stop() {
        return new Finished(FinishReason.STOP);
    }

    private final class Observer implements PipelineObserver {
        @Override
        public void ended(Inbound inbound, Outcome outcome, @Nullable Served served, Duration took) {
            outcomes.add(outcome);
        }

        @Override
        public void faulted(Inbound inbound, Throwable fault) {
            assertThat(fault).hasMessage("planted");
        }
    }
}
