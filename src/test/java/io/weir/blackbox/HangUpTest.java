package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.bedrock.Script;
import io.weir.blackbox.bedrock.SimulatedRequest;
import io.weir.blackbox.bedrock.Steps;
import io.weir.blackbox.bedrock.TokenMeter;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.EngineCallSeen;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.LedgerView.Entry;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.TestEngine;
import io.weir.blackbox.rig.Turnstile;
import io.weir.blackbox.rig.Wire;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller that hangs up closes the upstream within 250 ms and is billed for what was delivered: prompt + delivered, as FLOOR. */
@ExtendWith(Rigs.class)
class HangUpTest {

    private static final Duration UPSTREAM_CLOSED = Duration.ofMillis(250);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int DELIVERED = 5;

    /** How a connection goes. */
    enum Way {
        /** FIN. */
        CLOSED,
        /** RST. */
        RESET;

        void end(Wire wire) {
            switch (this) {
                case CLOSED -> wire.close();
                case RESET -> wire.reset();
            }
        }
    }

    private final HybridRig rig;
    private final Admin.Made tenant;

    HangUpTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
        this.tenant = rig.weir().admin().tenant("hangup");
    }

    /** A request of its own text, so that the simulator's record of it can be told. */
    private static Chat complex(String marker) {
        return Chat.refactoring(marker).maxTokens(100).streamed();
    }

    private Entry booked() {
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(ledger.ofTenant(tenant.id())).hasSize(1);
                assertThat(ledger.openIntents(tenant.id())).isZero();
                assertThat(redis.sums(ledger.epoch(), tenant.id()))
                        .isEqualTo(new RedisView.Sums(ledger.sumOfTenant(tenant.id()), 0));
            });
            return ledger.ofTenant(tenant.id()).getFirst();
        }
    }

    private static long nanos(TokenMeter.Prices price, long input, long output) {
        return price.input().multiply(BigDecimal.valueOf(input)).add(price.output().multiply(BigDecimal.valueOf(output)))
                .movePointLeft(6).setScale(9, RoundingMode.CEILING).movePointRight(9).longValueExact();
    }

    @ParameterizedTest
    @EnumSource
    void midStreamOnPrem(Way way) {
        // Given
        Turnstile each = Turnstile.shut();
        rig.engine().script(Plan.words(80).stepped(each));
        Wire wire = Wire.asking(tenant.caller(), Chat.ask("Tell me more.").maxTokens(100).streamed());
        each.allow(DELIVERED);
        wire.awaitText("\"w" + (DELIVERED - 1) + " \"", 1);

        // When
        long hungUp = System.nanoTime();
        way.end(wire);

        // Then
        EngineCallSeen call = rig.engine().lastCall();
        await().atMost(LONG).until(() -> call.goneNanos().isPresent());
        assertThat(Duration.ofNanos(call.goneNanos().orElseThrow() - hungUp)).isLessThanOrEqualTo(UPSTREAM_CLOSED);
        assertThat(call.delivered()).isEqualTo(DELIVERED);
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("FLOOR");
        assertThat(entry.outcome()).isEqualTo("client_gone");
        assertThat(entry.tokens().input()).isEqualTo(call.promptTokens());
        assertThat(entry.tokens().output()).isEqualTo(DELIVERED);
        assertThat(entry.amountNanos()).isEqualTo(nanos(HybridRig.ON_PREM_PRICE, call.promptTokens(), DELIVERED));
    }

    @Test
    void midStreamWhereTheEngineCountsOnlyAtTheEnd() {
        // Given
        Turnstile each = Turnstile.shut();
        rig.engine().script(Plan.words(80).counting(Plan.Counts.AT_END).stepped(each));
        Wire wire = Wire.asking(tenant.caller(), Chat.ask("Tell me more.").maxTokens(100).streamed());
        each.allow(DELIVERED);
        wire.awaitText("\"w" + (DELIVERED - 1) + " \"", 1);

        // When
        wire.close();

        // Then
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("FLOOR");
        assertThat(entry.tokens().input()).as("the prompt's bound, where nobody counted").isEqualTo(64 + 16 + "Tell me more.".length());
        assertThat(entry.tokens().output()).isEqualTo(DELIVERED);
    }

    @ParameterizedTest
    @EnumSource
    void midStreamBedrock(Way way) {
        // Given
        Steps steps = new Steps();
        rig.bedrock().script(Script.tokens(80).stepped(steps));
        String marker = UUID.randomUUID().toString();
        Chat chat = complex(marker);
        Wire wire = Wire.asking(tenant.caller(), chat);
        steps.allow(DELIVERED);
        await().atMost(LONG).until(() -> request(marker).stream().anyMatch(seen -> seen.generated() == DELIVERED));
        wire.awaitText("\"content\":\" aa", DELIVERED - 1);

        // When
        long hungUp = System.nanoTime();
        way.end(wire);

        // Then
        SimulatedRequest request = request(marker).getFirst();
        await().atMost(LONG).until(() -> request.clientGoneNanos().isPresent());
        assertThat(Duration.ofNanos(request.clientGoneNanos().orElseThrow() - hungUp)).isLessThanOrEqualTo(UPSTREAM_CLOSED);
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("FLOOR");
        assertThat(entry.outcome()).isEqualTo("client_gone");
        assertThat(entry.served().route()).isEqualTo("bedrock");
        assertThat(entry.tokens().output()).as("at least what was delivered").isBetween((long) DELIVERED, DELIVERED + 2L);
        assertThat(entry.amountNanos()).as("never less than Bedrock's own bill").isGreaterThanOrEqualTo(rig.billNanos())
                .isEqualTo(nanos(HybridRig.BEDROCK_PRICE, entry.tokens().input(), entry.tokens().output()));
        steps.allowAll();
    }

    private List<SimulatedRequest> request(String marker) {
        return rig.bedrock().requests().stream()
                .filter(seen -> seen.call().map(call -> call.lastText().contains(marker)).orElse(false)).toList();
    }

    @Test
    void beforeTheFirstDeltaOnPrem() {
        // Given
        rig.engine().script(Plan.words(5).after(Turnstile.shut()));
        Wire wire = Wire.asking(tenant.caller(), Chat.ask("Tell me more.").maxTokens(100).streamed());
        await().atMost(LONG).until(() -> rig.engine().calls().size() == 1);

        // When
        long hungUp = System.nanoTime();
        wire.close();

        // Then
        EngineCallSeen call = rig.engine().lastCall();
        await().atMost(LONG).until(() -> call.goneNanos().isPresent());
        assertThat(Duration.ofNanos(call.goneNanos().orElseThrow() - hungUp)).isLessThanOrEqualTo(UPSTREAM_CLOSED);
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("FLOOR");
        assertThat(entry.outcome()).isEqualTo("client_gone");
        assertThat(entry.tokens().output()).isZero();
        assertThat(entry.tokens().input()).as("the prompt has been taken").isGreaterThanOrEqualTo(call.promptTokens());
        assertThat(entry.amountNanos()).isPositive();
    }

    @Test
    void beforeTheFirstDeltaBedrock() {
        // Given
        rig.bedrock().gate().hold();
        String marker = UUID.randomUUID().toString();
        Wire wire = Wire.asking(tenant.caller(), complex(marker));
        await().atMost(LONG).until(() -> request(marker).size() == 1 && rig.bedrock().gate().waiting() == 1);

        // When
        long hungUp = System.nanoTime();
        wire.close();

        // Then
        SimulatedRequest request = request(marker).getFirst();
        await().atMost(LONG).until(() -> request.clientGoneNanos().isPresent());
        assertThat(Duration.ofNanos(request.clientGoneNanos().orElseThrow() - hungUp)).isLessThanOrEqualTo(UPSTREAM_CLOSED);
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("FLOOR");
        assertThat(entry.tokens().output()).isZero();
        assertThat(entry.amountNanos()).isPositive();
        assertThat(rig.engine().calls()).as("no failover for somebody who is gone").isEmpty();
    }

    @Test
    void beforeAPlainAnswerIsWhole() {
        // Given
        Turnstile each = Turnstile.shut();
        rig.engine().script(Plan.words(80).stepped(each));
        Wire wire = Wire.asking(tenant.caller(), Chat.ask("Tell me more.").maxTokens(100));
        each.allow(DELIVERED);
        await().atMost(LONG).until(() -> !rig.engine().calls().isEmpty() && rig.engine().lastCall().delivered() == DELIVERED);

        // When
        long hungUp = System.nanoTime();
        wire.close();

        // Then
        EngineCallSeen call = rig.engine().lastCall();
        await().atMost(LONG).until(() -> call.goneNanos().isPresent());
        assertThat(Duration.ofNanos(call.goneNanos().orElseThrow() - hungUp)).isLessThanOrEqualTo(UPSTREAM_CLOSED);
        Entry entry = booked();
        assertThat(entry.outcome()).isEqualTo("client_gone");
        assertThat(entry.basis()).as("sent, and no count survives: the whole worst case, of the engine that was asked").isEqualTo("HELD_FULL");
        assertThat(entry.amountNanos()).isEqualTo(nanos(HybridRig.ON_PREM_PRICE, 64 + 16 + "Tell me more.".length(), 100));
    }

    @Test
    void aConnectionClosedAfterTheEndIsNoHangUp() {
        // Given
        Wire wire = Wire.asking(tenant.caller(), Chat.ask("Tell me more.").maxTokens(100).streamed());
        wire.awaitText("[DONE]", 1);

        // When
        wire.reset();

        // Then
        Entry entry = booked();
        assertThat(entry.basis()).isEqualTo("METERED");
        assertThat(entry.outcome()).isEqualTo("completed");
        assertThat(entry.served().model()).isEqualTo(TestEngine.MODEL);
    }
}
