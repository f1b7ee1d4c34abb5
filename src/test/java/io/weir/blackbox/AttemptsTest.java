package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.bedrock.Fault;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.LedgerView.Entry;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Law 11, one place retries: under a storm of failures, what an engine sees is what the ledger says was tried. */
@ExtendWith(Rigs.class)
class AttemptsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Chat COMPLEX = Chat.refactoring("").maxTokens(20);
    private static final Chat SIMPLE = Chat.ask("hi").maxTokens(5);
    /** The circuit breaker looks at the last so many calls. */
    private static final int WINDOW = 20;

    private final HybridRig rig;
    private final Admin.Made tenant;

    AttemptsTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
        this.tenant = rig.weir().admin().tenant("attempts");
    }

    /** Both breakers are closed and remember nothing but success: before each test, because others fail engines too, and after it. */
    @BeforeEach
    @AfterEach
    void heal() {
        rig.reset();
        answersWell(COMPLEX, "bedrock");
        answersWell(SIMPLE, "on-prem");
        rig.reset();
    }

    private void answersWell(Chat chat, String route) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200))
                .until(() -> rig.weir().demo().chat(chat).header("x-weir-route").equals(route));
        for (int i = 0; i < WINDOW; i++) {
            assertThat(rig.weir().demo().chat(chat).header("x-weir-route")).isEqualTo(route);
        }
    }

    private List<Reply> storm(int calls) throws InterruptedException, ExecutionException {
        List<Future<Reply>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
            for (int i = 0; i < calls; i++) {
                futures.add(threads.submit(() -> tenant.caller().chat(COMPLEX)));
            }
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> future : futures) {
                replies.add(future.get());
            }
            return replies;
        }
    }

    private List<Entry> booked(int entries) {
        try (LedgerView ledger = rig.weir().ledger()) {
            await().atMost(LONG).until(() -> ledger.ofTenant(tenant.id()).size() >= entries && ledger.openIntents(tenant.id()) == 0);
            return ledger.ofTenant(tenant.id());
        }
    }

    @Test
    void inAStormOf503EveryAttemptSeenIsAnAttemptBooked() throws InterruptedException, ExecutionException {
        // Given
        int calls = 8;
        long attempts = rig.bedrock().attempts();
        long connections = rig.bedrock().connections();
        rig.bedrock().faults().every(1, Fault.serviceUnavailable());
        rig.engine().script(Plan.refusing(503));

        // When
        List<Reply> replies = storm(calls);

        // Then
        assertThat(replies).allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(503);
            Schemas.check("error", reply.json());
        });
        List<Entry> entries = booked(2 * calls);
        long seen = rig.bedrock().attempts() - attempts;
        assertThat(seen).isEqualTo(calls);
        assertThat(entries).filteredOn(entry -> entry.served().route().equals("bedrock")).hasSize((int) seen);
        assertThat(entries).filteredOn(entry -> entry.served().route().equals("on-prem")).hasSize(rig.engine().calls().size());
        assertThat(rig.bedrock().connections() - connections).isLessThanOrEqualTo(seen);
        assertThat(entries).allSatisfy(entry -> assertThat(entry.amountNanos()).isZero());
    }

    @Test
    void anOpenBreakerSparesTheEngineAndHoldsNothing() throws InterruptedException, ExecutionException {
        // Given
        int calls = 60;
        long attempts = rig.bedrock().attempts();
        rig.bedrock().faults().every(1, Fault.serviceUnavailable());

        // When
        List<Reply> replies = storm(calls);

        // Then
        assertThat(replies).as("the other engine answers").allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("x-weir-route")).isEqualTo("on-prem");
        });
        List<Entry> entries = booked(2 * calls);
        assertThat(rig.bedrock().attempts() - attempts).as("left alone after the last twenty calls").isLessThan(calls);
        assertThat(entries).hasSize(2 * calls);
        assertThat(entries).filteredOn(entry -> entry.basis().equals("METERED")).hasSize(calls)
                .allMatch(entry -> entry.served().route().equals("on-prem"));
        assertThat(entries).filteredOn(entry -> entry.basis().equals("VOID")).hasSize(calls);
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            await().atMost(LONG).until(() -> redis.sums(ledger.epoch(), tenant.id())
                    .equals(new RedisView.Sums(ledger.sumOfTenant(tenant.id()), 0)));
        }
    }
}
