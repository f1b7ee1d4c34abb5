package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.RoughRig;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.Signals;
import io.weir.blackbox.rig.Streamed;
import io.weir.blackbox.rig.TestEngine;
import io.weir.blackbox.rig.Turnstile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Losing Redis or PostgreSQL loses no money and opens no gate: what cannot be accounted for is refused, and nothing of what was is forgotten. */
@ExtendWith(Rigs.class)
class StoresAwayTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Chat CHAT = Chat.ask("Tell me more.").model(TestEngine.MODEL).maxTokens(40);

    private final RoughRig rig;
    private final Admin.Made tenant;
    private final Caller caller;

    StoresAwayTest(RoughRig rig) {
        this.rig = rig;
        rig.reset();
        await().atMost(LONG).ignoreExceptions().until(() -> rig.weir().demo().chat(CHAT).status() == 200);
        this.tenant = rig.weir().admin().tenant("stores");
        this.caller = tenant.caller();
    }

    /** Asks again while spending cannot be proven to be within limits; every such refusal says so. */
    private Reply onceAccountedFor(Chat chat) {
        List<Reply> last = new ArrayList<>();
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> {
            Reply reply = caller.chat(chat);
            if (reply.status() == 503) {
                Schemas.checkError(reply, 503, "accounting_unavailable");
            }
            last.add(reply);
            return reply.status() != 503;
        });
        return last.getLast();
    }

    /** Counters are the ledger's sum, holds the open intents. */
    private void agree(int entries) {
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            await().atMost(LONG).ignoreExceptions().untilAsserted(() -> {
                assertThat(ledger.ofTenant(tenant.id())).hasSize(entries);
                assertThat(redis.sums(ledger.epoch(), tenant.id()))
                        .isEqualTo(new RedisView.Sums(ledger.sumOfTenant(tenant.id()), ledger.heldNanos(tenant.id())));
            });
        }
    }

    private long epoch() {
        try (LedgerView ledger = rig.weir().ledger()) {
            return ledger.epoch();
        }
    }

    @Test
    void aFlushedRedisIsSeededAgainFromTheLedgerAndOpensNoGate() {
        // Given
        long ceiling = caller.ceilingNanos(CHAT);
        caller.settled(caller.chat(CHAT).requestId());
        Turnstile each = Turnstile.shut();
        rig.engine().script(Plan.words(3).stepped(each));
        CompletableFuture<Streamed> underWay = CompletableFuture.supplyAsync(() -> caller.stream(CHAT.streamed()));
        await().atMost(LONG).until(() -> rig.engine().calls().size() == 3);
        long settled;
        try (LedgerView ledger = rig.weir().ledger()) {
            settled = ledger.sumOfTenant(tenant.id());
            assertThat(ledger.heldNanos(tenant.id())).isEqualTo(ceiling);
        }
        rig.weir().admin().budget(tenant, settled + ceiling + ceiling - 1, CHAT.maxTokens(4_000));
        Schemas.checkError(caller.chat(CHAT), 429, "budget_held");
        long epoch = epoch();

        // When
        try (RedisView redis = rig.weir().redis()) {
            redis.flush();
        }
        Reply again = onceAccountedFor(CHAT);

        // Then
        Schemas.checkError(again, 429, "budget_held");
        assertThat(epoch()).isGreaterThan(epoch);
        agree(1);
        each.open();
        assertThat(underWay.join().isDone()).as("the call under way is not disturbed").isTrue();
        agree(2);
        assertThat(onceAccountedFor(CHAT).status()).as("what it did not use is free again").isEqualTo(200);
        agree(3);
    }

    @Test
    void whileRedisIsSilentPaidCallsAreRefusedAndWhenItSpeaksAgainServed() {
        // Given
        caller.settled(caller.chat(CHAT).requestId());
        int calls = rig.engine().calls().size();
        long redis = rig.weir().child("redis").pid();

        // When
        Signals.send(redis, "STOP");
        Reply refused;
        try {
            refused = caller.chat(CHAT);
        } finally {
            Signals.send(redis, "CONT");
        }

        // Then
        Schemas.checkError(refused, 503, "accounting_unavailable");
        assertThat(refused.header("retry-after")).isNotEmpty();
        assertThat(rig.engine().calls()).as("nothing was asked of an engine").hasSize(calls);
        assertThat(onceAccountedFor(CHAT).status()).isEqualTo(200);
        agree(2);
    }

    @Test
    void aKilledRedisComesBackSeeded() {
        // Given
        caller.settled(caller.chat(CHAT).requestId());
        long epoch = epoch();

        // When
        Signals.send(rig.weir().child("redis").pid(), "KILL");
        Reply reply = onceAccountedFor(CHAT);

        // Then
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(epoch()).isGreaterThan(epoch);
        agree(2);
    }

    @Test
    void whilePostgresIsSilentNothingIsSpentAndWhenItSpeaksAgainCallsAreServed() {
        // Given
        caller.settled(caller.chat(CHAT).requestId());
        int calls = rig.engine().calls().size();
        long postgres = rig.weir().child("postgres").pid();

        // When
        Signals.sendToAll(postgres, "STOP");
        Reply refused;
        try {
            refused = caller.chat(CHAT);
        } finally {
            Signals.sendToAll(postgres, "CONT");
        }

        // Then
        Schemas.checkError(refused, 503, "accounting_unavailable");
        assertThat(rig.engine().calls()).as("nothing was asked of an engine").hasSize(calls);
        assertThat(onceAccountedFor(CHAT).status()).isEqualTo(200);
        await().atMost(LONG).untilAsserted(() -> {
            try (LedgerView ledger = rig.weir().ledger()) {
                assertThat(ledger.ofTenant(tenant.id())).filteredOn(entry -> entry.basis().equals("METERED")).hasSize(2);
                assertThat(ledger.ofTenant(tenant.id())).filteredOn(entry -> !entry.basis().equals("METERED"))
                        .as("the refused one, if it was held").allMatch(entry -> entry.basis().equals("VOID") && entry.amountNanos() == 0);
                assertThat(ledger.openIntents(tenant.id())).isZero();
            }
        });
    }

    @Test
    void aPostgresThatRestartsInTheMiddleOfACallLosesNothing() {
        // Given
        Turnstile each = Turnstile.shut();
        rig.engine().script(Plan.words(3).stepped(each));
        CompletableFuture<Streamed> underWay = CompletableFuture.supplyAsync(() -> caller.stream(CHAT.streamed()));
        await().atMost(LONG).until(() -> rig.engine().calls().size() == 2);
        long postgres = rig.weir().child("postgres").pid();

        // When
        Signals.send(postgres, "INT");
        await().atMost(LONG).until(() -> rig.weir().child("postgres").pid() != postgres);
        each.open();

        // Then
        assertThat(underWay.join().isDone()).isTrue();
        assertThat(onceAccountedFor(CHAT).status()).isEqualTo(200);
        agree(2);
        try (LedgerView ledger = rig.weir().ledger()) {
            assertThat(ledger.ofTenant(tenant.id())).allMatch(entry -> entry.basis().equals("METERED"));
        }
    }

    @Test
    void theApplicationsRoleMayAddToTheLedgerAndNeverChangeIt() {
        // Given
        caller.settled(caller.chat(CHAT).requestId());
        String denied = "42501";

        // When
        try (LedgerView ledger = rig.weir().ledger()) {

            // Then
            assertThat(ledger.refusal("UPDATE ledger_entry SET amount_nanos = 0")).isEqualTo(denied);
            assertThat(ledger.refusal("DELETE FROM ledger_entry")).isEqualTo(denied);
            assertThat(ledger.refusal("TRUNCATE ledger_entry")).isEqualTo(denied);
            assertThat(ledger.ofTenant(tenant.id())).singleElement()
                    .satisfies(entry -> assertThat(entry.amountNanos()).isPositive());
        }
    }
}
