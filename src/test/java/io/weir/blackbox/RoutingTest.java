package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.blackbox.bedrock.Fault;
import io.weir.blackbox.bedrock.Script;
import io.weir.blackbox.bedrock.SimulatedRequest;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.LedgerView.Entry;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.Streamed;
import io.weir.blackbox.rig.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where requests go, why, and what happens when that engine does not answer. */
@ExtendWith(Rigs.class)
class RoutingTest {

    private static final Chat COMPLEX = Chat.refactoring("").maxTokens(50);
    private static final Chat SIMPLE = Chat.ask("What is the capital of France?").maxTokens(50);

    private final HybridRig rig;
    private final Admin.Made tenant;
    private final Caller caller;

    RoutingTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
        this.tenant = rig.weir().admin().tenant("routing");
        this.caller = tenant.caller();
    }

    private List<Entry> booked(String request, int attempts) {
        try (LedgerView ledger = rig.weir().ledger()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> ledger.ofRequest(request).size() >= attempts);
            return ledger.ofRequest(request);
        }
    }

    @Test
    void aLongRefactoringPromptGoesToConverseStreamAsExplainPredicted() {
        // Given
        JsonNode predicted = caller.explain(COMPLEX).json();
        long seen = rig.bedrock().attempts();
        rig.bedrock().script(Script.text("First split the order flow, then name each stage's invariants."));

        // When
        Streamed stream = caller.stream(COMPLEX.streamed());

        // Then
        Schemas.check("explain", predicted);
        assertThat(predicted.path("complexity").path("milli").asInt()).isEqualTo(700);
        assertThat(predicted.path("complexity").path("signals")).extracting(signal -> signal.path("name").asText())
                .containsExactlyInAnyOrder("length", "keyword:refactor");
        assertThat(predicted.path("decision").path("rule").asText()).isEqualTo("complex-to-bedrock");
        assertThat(predicted.path("decision").path("route").asText()).isEqualTo("bedrock").isEqualTo(stream.header("x-weir-route"));
        assertThat(predicted.path("decision").path("model").asText()).isEqualTo(HybridRig.BEDROCK_MODEL)
                .isEqualTo(stream.header("x-weir-model"));
        assertThat(stream.content()).isEqualTo("First split the order flow, then name each stage's invariants.");
        assertThat(stream.isDone()).isTrue();
        assertThat(rig.bedrock().attempts()).isEqualTo(seen + 1);
        assertThat(rig.bedrock().lastRequest().path()).endsWith("/converse-stream");
        assertThat(rig.bedrock().lastRequest().call()).hasValueSatisfying(call -> assertThat(call.maxTokens()).isEqualTo(50));
        JsonNode receipt = caller.settled(stream.requestId());
        Schemas.check("request", receipt);
        assertThat(receipt.path("route").asText()).isEqualTo("bedrock");
        assertThat(receipt.path("rule")).isEqualTo(predicted.path("decision").path("rule"));
        assertThat(receipt.path("complexity")).isEqualTo(predicted.path("complexity"));
        assertThat(receipt.path("costNanos").asLong()).isEqualTo(rig.billNanos()).isLessThan(predicted.path("ceilingNanos").asLong());
        assertThat(stream.usage().path("completion_tokens").asLong())
                .isEqualTo(rig.bedrock().meter().total(HybridRig.BEDROCK_MODEL).output());
    }

    @Test
    void aPlainComplexRequestGoesToConverseAndCostsWhatItsStreamedTwinCosts() {
        // Given
        rig.bedrock().script(Script.tokens(30).withCache(7, 5));

        // When
        Reply plain = caller.chat(COMPLEX);
        String plainPath = rig.bedrock().lastRequest().path();
        Streamed stream = caller.stream(COMPLEX.streamed());

        // Then
        assertThat(plainPath).endsWith("/converse");
        assertThat(plain.content()).isEqualTo(stream.content()).isNotEmpty();
        JsonNode one = caller.settled(plain.requestId());
        JsonNode other = caller.settled(stream.requestId());
        assertThat(one.path("usage")).isEqualTo(other.path("usage"));
        assertThat(one.path("usage").path("cacheRead").asLong()).isEqualTo(7);
        assertThat(one.path("usage").path("cacheWrite").asLong()).isEqualTo(5);
        assertThat(one.path("costNanos").asLong()).isEqualTo(other.path("costNanos").asLong()).isEqualTo(rig.billNanos() / 2);
    }

    @Test
    void aShortPromptStaysOnPrem() {
        // Given
        long seen = rig.bedrock().attempts();

        // When
        Reply reply = caller.chat(SIMPLE);

        // Then
        assertThat(reply.header("x-weir-route")).isEqualTo("on-prem");
        assertThat(reply.header("x-weir-model")).isEqualTo(TestEngine.MODEL);
        assertThat(caller.settled(reply.requestId()).path("rule").asText()).isEqualTo("simple-on-prem");
        assertThat(rig.bedrock().attempts()).isEqualTo(seen);
    }

    @Test
    void aRestrictedTenantsRequestsNeverReachBedrockAndAnUnlabelledTwinsDo() {
        // Given
        String canary = "canary-" + UUID.randomUUID();
        String marker = "marker-" + UUID.randomUUID();
        rig.bedrock().canary().forbid(canary);
        Caller restricted = rig.weir().admin().tenant("restricted", "restricted").caller();
        JsonNode explained = restricted.explain(Chat.refactoring(canary).maxTokens(20)).json();

        // When
        Reply kept = restricted.chat(Chat.refactoring(canary).maxTokens(20));
        Reply pinned = restricted.chat(Chat.refactoring(canary).maxTokens(20).model(HybridRig.BEDROCK_MODEL));
        Reply sent = caller.chat(Chat.refactoring(marker).maxTokens(20));

        // Then
        assertThat(kept.status()).as(kept.toString()).isEqualTo(200);
        assertThat(kept.header("x-weir-route")).isEqualTo("on-prem");
        assertThat(kept.header("x-weir-sensitivity")).isEqualTo("restricted");
        assertThat(rig.engine().calls().getFirst().lastText()).contains(canary);
        assertThat(explained.path("rejected")).anySatisfy(rejected -> {
            assertThat(rejected.path("model").asText()).isEqualTo(HybridRig.BEDROCK_MODEL);
            assertThat(rejected.path("reason").asText()).isEqualTo("fence");
        });
        Schemas.checkError(pinned, 403, "forbidden");
        assertThat(sent.header("x-weir-route")).isEqualTo("bedrock");
        assertThat(rig.bedrock().lastRequest().call()).hasValueSatisfying(call -> assertThat(call.lastText()).contains(marker));
        rig.bedrock().canary().assertNeverSeen();
    }

    @Test
    void theFenceHoldsInFailoverToo() {
        // Given
        String canary = "canary-" + UUID.randomUUID();
        rig.bedrock().canary().forbid(canary);
        Caller restricted = rig.weir().admin().tenant("fenced", "restricted").caller();
        rig.engine().script(Plan.refusing(503));

        // When
        Reply failed = restricted.chat(Chat.ask(canary).maxTokens(20));
        Reply served = caller.chat(SIMPLE);

        // Then
        assertThat(failed.status()).as(failed.toString()).isEqualTo(503);
        Schemas.check("error", failed.json());
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.header("x-weir-route")).isEqualTo("bedrock");
        rig.bedrock().canary().assertNeverSeen();
    }

    @Test
    void anotherEngineAnswersWhenBedrockThrottlesBeforeTheFirstDelta() {
        // Given
        long seen = rig.bedrock().attempts();
        rig.bedrock().faults().next(Fault.throttling());

        // When
        Streamed stream = caller.stream(COMPLEX.streamed());

        // Then
        assertThat(stream.content()).isEqualTo("You asked the engine.");
        assertThat(stream.isDone()).isTrue();
        assertThat(stream.header("x-weir-route")).isEqualTo("on-prem");
        List<Entry> entries = booked(stream.requestId(), 2);
        assertThat(entries).extracting(Entry::attempt).containsExactly(1, 2);
        assertThat(entries).extracting(entry -> entry.served().route()).containsExactly("bedrock", "on-prem");
        assertThat(entries).extracting(Entry::basis).containsExactly("VOID", "METERED");
        assertThat(entries.getFirst().amountNanos()).isZero();
        assertThat(entries.getLast().amountNanos()).isPositive();
        assertThat(rig.bedrock().attempts() - seen).as("attempts the simulator saw").isEqualTo(1);
        assertThat(rig.engine().calls()).hasSize(1);
        assertThat(caller.settled(stream.requestId()).path("attempts")).hasSize(2);
    }

    @Test
    void nobodyElseAnswersAfterTheFirstDelta() {
        // Given
        rig.bedrock().script(Script.tokens(20));
        rig.bedrock().faults().next(Fault.modelStreamError(5));

        // When
        Streamed stream = caller.stream(COMPLEX.streamed());

        // Then
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.content()).as("a prefix of what the engine said").isNotEmpty();
        assertThat(stream.data()).doesNotContain("[DONE]");
        JsonNode last = stream.events().getLast();
        Schemas.check("error", last);
        assertThat(last.path("error").path("code").asText()).isEqualTo("engine_failed");
        assertThat(rig.engine().calls()).isEmpty();
        assertThat(booked(stream.requestId(), 1)).singleElement().satisfies(entry -> {
            assertThat(entry.basis()).isEqualTo("FLOOR");
            assertThat(entry.outcome()).isEqualTo("upstream_broke");
            assertThat(entry.tokens().output()).isPositive();
            assertThat(entry.amountNanos()).isGreaterThanOrEqualTo(rig.billNanos());
        });
        SimulatedRequest request = rig.bedrock().lastRequest();
        assertThat(request.generated()).isPositive();
    }

    @Test
    void bedrockAnswersForAnEngineThatIsFull() {
        // Given
        rig.engine().script(Plan.refusing(503));

        // When
        Reply reply = caller.chat(SIMPLE);

        // Then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("x-weir-route")).isEqualTo("bedrock");
        List<Entry> entries = booked(reply.requestId(), 2);
        assertThat(entries).extracting(entry -> entry.served().route()).containsExactly("on-prem", "bedrock");
        assertThat(entries).extracting(Entry::basis).containsExactly("VOID", "METERED");
    }

    @Test
    void whatTheEngineMayHaveSpentBeforeAFailoverIsBookedToo() {
        // Given
        rig.bedrock().faults().next(Fault.internalServer());

        // When
        Reply reply = caller.chat(COMPLEX);

        // Then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("x-weir-route")).isEqualTo("on-prem");
        List<Entry> entries = booked(reply.requestId(), 2);
        assertThat(entries.getFirst().basis()).as("a 500 may have cost something, and no count survives").isEqualTo("HELD_FULL");
        assertThat(entries.getFirst().amountNanos()).isPositive();
        assertThat(entries.getLast().basis()).isEqualTo("METERED");
    }

    @Test
    void withoutAnyEngineTheAnswerIsAStatusAndNotAStream() {
        // Given
        rig.engine().script(Plan.refusing(503));
        rig.bedrock().faults().next(Fault.serviceUnavailable());

        // When
        Streamed failed = caller.stream(COMPLEX.streamed());

        // Then
        assertThat(failed.status()).isEqualTo(503);
        Schemas.check("error", failed.reply().json());
        assertThat(booked(failed.requestId(), 2)).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.basis()).isEqualTo("VOID");
            assertThat(entry.amountNanos()).isZero();
        });
        try (LedgerView ledger = rig.weir().ledger()) {
            assertThat(ledger.openIntents(tenant.id())).isZero();
        }
    }
}
