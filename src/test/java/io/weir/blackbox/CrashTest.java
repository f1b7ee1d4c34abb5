package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.EngineCallSeen;
import io.weir.blackbox.rig.GatewayProcess;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.LedgerView.Entry;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.RoughRig;
import io.weir.blackbox.rig.Signals;
import io.weir.blackbox.rig.TestEngine;
import io.weir.blackbox.rig.Turnstile;
import io.weir.blackbox.rig.Weir;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The packaged gateway dies once at each named point of the protocol, and once in the middle of a stream by {@code kill -9}. Afterwards each request
 * stands in the ledger once, on the basis that can be proven, and nothing is held: within 60 s of the lease's lapsing (15 s).
 */
@ExtendWith(Rigs.class)
class CrashTest {

    private static final Duration LEASE_AND_SWEEP = Duration.ofSeconds(15 + 60);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int KILLED = 137;
    private static final Chat CHAT = Chat.ask("Tell me more.").model(TestEngine.MODEL).maxTokens(40).streamed();
    private static final int PROMPT_BOUND = 64 + 16 + "Tell me more.".length();
    private static final int DELIVERED = 5;
    /** Another number than the other calls': by it the checkpoint of this call is recognised. */
    private static final int MID_STREAM = 3;

    /** Comes last, so that a later start of the same name follows before the lease lapses: it proves the death, and what was noted counts. */
    private static final String LAST = "after-checkpoint";

    /** The points, and the basis on which a request must stand that met one. */
    private static final Map<String, String> POINTS = points();

    private final RoughRig rig;

    CrashTest(RoughRig rig) {
        this.rig = rig;
        rig.reset();
    }

    private static Map<String, String> points() {
        Map<String, String> points = new LinkedHashMap<>();
        points.put("after-reserve", "VOID");
        points.put("after-intent", "HELD_FULL");
        points.put("before-settle-pg", "HELD_FULL");
        points.put("after-settle-pg", "METERED");
        points.put("after-settle-redis", "METERED");
        points.put(LAST, "FLOOR");
        return points;
    }

    @Test
    void everyRequestIsBookedOnceWhereverTheGatewayDied() {
        // Given
        long ceiling = rig.weir().admin().tenant("crash-none").caller().ceilingNanos(CHAT);
        Map<String, Admin.Made> tenants = new LinkedHashMap<>();
        POINTS.keySet().forEach(point -> tenants.put(point, rig.weir().admin().tenant("crash-" + point)));
        Admin.Made midStream = rig.weir().admin().tenant("crash-mid-stream");

        // When
        tenants.forEach((point, tenant) -> dieAt(point, tenant.caller()));
        try (GatewayProcess proof = GatewayProcess.start(rig.weir(), "crash-" + LAST, Map.of())) {
            killMidStream(midStream.caller());
            rig.engine().script(Plan.words(DELIVERED));

            // Then
            await().atMost(LEASE_AND_SWEEP).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                tenants.values().forEach(this::bookedOnceAndNothingHeld);
                bookedOnceAndNothingHeld(midStream);
            });
            assertThat(proof.process().isAlive()).isTrue();
        }
        tenants.forEach((point, tenant) -> check(point, entry(tenant), ceiling));
        assertThat(entry(midStream)).satisfies(entry -> {
            assertThat(entry.basis()).isEqualTo("FLOOR");
            assertThat(entry.tokens().inputFresh()).isEqualTo(PROMPT_BOUND);
            assertThat(entry.tokens().output()).isEqualTo(MID_STREAM);
        });
        assertThat(rig.weir().admin().tenant("crash-after").caller().stream(CHAT).isDone()).as("the twin that nobody killed").isTrue();
    }

    /** From now on the engine stops after so many deltas. */
    private void engineStopsAfter(int deltas) {
        Turnstile each = Turnstile.shut();
        each.allow(deltas);
        rig.engine().script(Plan.words(DELIVERED).stepped(each));
    }

    private void dieAt(String point, Caller caller) {
        engineStopsAfter(point.equals(LAST) ? DELIVERED - 1 : DELIVERED);
        try (GatewayProcess gateway = GatewayProcess.start(rig.weir(), "crash-" + point, Map.of("WEIR_CRASH_POINT", point))) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> ask(caller.at(gateway.endpoint())));
            assertThat(gateway.process().awaitExit(LONG)).as(point).isEqualTo(KILLED);
            answered.join();
        }
    }

    /** The caller's connection may break; the books must not. */
    private static void ask(Caller caller) {
        try {
            caller.stream(CHAT);
        } catch (RuntimeException | AssertionError broken) {
            // What is asserted is what was booked.
        }
    }

    private void killMidStream(Caller caller) {
        engineStopsAfter(MID_STREAM);
        Weir.Child gateway = rig.weir().child("gateway-0");
        int before = rig.engine().calls().size();
        CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> ask(caller));
        await().atMost(LONG).until(() -> rig.engine().calls().size() > before
                && rig.engine().lastCall().delivered() == MID_STREAM && checkpointed());
        EngineCallSeen call = rig.engine().lastCall();
        Signals.send(gateway.pid(), "KILL");
        answered.join();
        await().atMost(LONG).until(() -> call.goneNanos().isPresent());
        await().atMost(Duration.ofSeconds(90)).until(() -> rig.weir().child("gateway-0").pid() != gateway.pid());
        await().atMost(LONG).ignoreExceptions().until(() -> caller.get("/v1/models").status() == 200);
    }

    private boolean checkpointed() {
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            return redis.checkpoints(ledger.epoch()).contains(Integer.toString(MID_STREAM));
        }
    }

    private void bookedOnceAndNothingHeld(Admin.Made tenant) {
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            assertThat(ledger.ofTenant(tenant.id())).as(tenant.id()).hasSize(1);
            assertThat(ledger.openIntents(tenant.id())).as(tenant.id()).isZero();
            assertThat(redis.sums(ledger.epoch(), tenant.id())).as(tenant.id())
                    .isEqualTo(new RedisView.Sums(ledger.sumOfTenant(tenant.id()), 0));
            String request = ledger.ofTenant(tenant.id()).getFirst().request();
            assertThat(redis.holds(ledger.epoch())).noneMatch(hold -> hold.contains(request));
        }
    }

    private Entry entry(Admin.Made tenant) {
        try (LedgerView ledger = rig.weir().ledger()) {
            return ledger.ofTenant(tenant.id()).getFirst();
        }
    }

    private static void check(String point, Entry entry, long ceiling) {
        assertThat(entry.basis()).as(point).isEqualTo(POINTS.get(point));
        assertThat(entry.kind()).as(point).isEqualTo("USAGE");
        switch (entry.basis()) {
            case "VOID" -> assertThat(entry.amountNanos()).as(point).isZero();
            case "HELD_FULL" -> assertThat(entry.amountNanos()).as(point).isEqualTo(ceiling);
            case "FLOOR" -> {
                assertThat(entry.amountNanos()).as(point).isPositive().isLessThan(ceiling);
                assertThat(entry.tokens().output()).as(point).isBetween(1L, (long) DELIVERED);
            }
            default -> assertThat(entry.tokens().output()).as(point).isEqualTo(DELIVERED);
        }
    }
}
