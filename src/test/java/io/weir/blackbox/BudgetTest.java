package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.bedrock.Script;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.Json;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.TestEngine;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets are exact: nothing above them is spent, nothing that fits is refused, and the books agree with the engine's own meter to the nano. */
@ExtendWith(Rigs.class)
class BudgetTest {

    private static final int CALLS = 200;
    private static final int FIT = 10;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final HybridRig rig;

    BudgetTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
    }

    @ParameterizedTest(name = "{0} gateway(s)")
    @ValueSource(ints = {1, 2})
    void aBudgetOfTenWorstCasesServesExactlyTenOf200ConcurrentCalls(int gateways) {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("burst");
        Chat chat = Chat.refactoring("burst " + gateways).maxTokens(64);
        long ceiling = tenant.caller().ceilingNanos(chat);
        rig.weir().admin().budget(tenant, FIT * ceiling, chat.model(HybridRig.BEDROCK_MODEL).maxTokens(64 * 40));
        rig.bedrock().script(Script.tokens(40));
        rig.bedrock().gate().hold();
        List<URI> endpoints = rig.weir().endpoints().subList(0, gateways);

        // When
        List<Reply> replies = burst(tenant.caller(), endpoints, chat);

        // Then
        List<Reply> served = replies.stream().filter(reply -> reply.status() == 200).toList();
        List<Reply> refused = replies.stream().filter(reply -> reply.status() != 200).toList();
        assertThat(served).hasSize(FIT).allSatisfy(reply -> {
            assertThat(reply.header("x-weir-route")).isEqualTo("bedrock");
            assertThat(reply.json().path("usage").path("completion_tokens").asLong()).isEqualTo(40);
        });
        assertThat(refused).hasSize(CALLS - FIT).allSatisfy(reply -> {
            Schemas.checkError(reply, 429, "budget_held");
            assertThat(reply.header("retry-after")).isEqualTo("1");
            assertThat(reply.header("x-should-retry")).isEqualTo("false");
        });
        booked(tenant, FIT);
        assertThat(rig.bedrock().meter().calls()).isEqualTo(FIT);
        assertThat(tenant.caller().chat(chat).status()).as("what the ten did not use is free again").isEqualTo(200);
        booked(tenant, FIT + 1);
    }

    /** Sends all calls at once; the simulated Bedrock answers nobody until all that do not fit have been refused. */
    private List<Reply> burst(Caller caller, List<URI> endpoints, Chat chat) {
        AtomicInteger refusals = new AtomicInteger();
        List<Future<Reply>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLS; i++) {
                Caller here = caller.at(endpoints.get(i % endpoints.size()));
                futures.add(threads.submit(() -> {
                    Reply reply = here.chat(chat);
                    if (reply.status() != 200) {
                        refusals.incrementAndGet();
                    }
                    return reply;
                }));
            }
            try {
                await().atMost(LONG).until(() -> refusals.get() >= CALLS - FIT);
            } finally {
                rig.bedrock().gate().release();
            }
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> future : futures) {
                replies.add(future.get());
            }
            return replies;
        } catch (ExecutionException failed) {
            throw new AssertionError("a call got no answer", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The tenant's rows, the simulator's bill and the counters agree, and nothing is held. */
    private void booked(Admin.Made tenant, int entries) {
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(ledger.ofTenant(tenant.id())).hasSize(entries);
                assertThat(ledger.openIntents(tenant.id())).isZero();
                assertThat(redis.sums(ledger.epoch(), tenant.id()))
                        .isEqualTo(new RedisView.Sums(ledger.sumOfTenant(tenant.id()), 0));
            });
            assertThat(ledger.ofTenant(tenant.id())).allSatisfy(entry -> assertThat(entry.basis()).isEqualTo("METERED"));
            assertThat(ledger.sumOfTenant(tenant.id())).isPositive().isEqualTo(rig.billNanos());
        }
    }

    @Test
    void callsOneAfterAnotherSpendAtLeast95PercentBeforeTheFirstRefusal() {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("patient");
        Chat chat = Chat.ask("hi").model(HybridRig.BEDROCK_MODEL).maxTokens(200);
        long ceiling = tenant.caller().ceilingNanos(chat);
        long budget = 100 * ceiling;
        rig.weir().admin().budget(tenant, budget, chat.maxTokens(4_000).with("messages",
                Json.parse("[{\"role\":\"user\",\"content\":\"" + "x".repeat(90_000) + "\"}]")));
        rig.bedrock().script(Script.tokens(200));

        // When
        Reply refusal = tenant.caller().chat(chat);
        int served = 0;
        while (refusal.status() == 200 && served < 1_000) {
            served++;
            refusal = tenant.caller().chat(chat);
        }

        // Then
        assertThat(refusal.status()).as(refusal.toString()).isEqualTo(429);
        assertThat(refusal.code()).isIn("insufficient_quota", "budget_held");
        booked(tenant, served);
        try (LedgerView ledger = rig.weir().ledger()) {
            assertThat(ledger.sumOfTenant(tenant.id())).isBetween(budget * 95 / 100, budget);
        }
        Reply settled = tenant.caller().chat(chat);
        Schemas.checkError(settled, 429, "insufficient_quota");
        assertThat(Long.parseLong(settled.header("retry-after"))).as("until the next month").isPositive();
        assertThat(settled.header("x-should-retry")).isEqualTo("false");
        assertThat(tenant.caller().chat(chat.model("auto").maxTokens(2)).header("x-weir-route"))
                .as("the rest still pays for the cheaper engine").isEqualTo("on-prem");
    }

    @Test
    void aWorstCaseAboveTheWholeBudgetNamesNoTimeToTryAgain() {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("small");
        Chat chat = Chat.ask("hi").model(HybridRig.BEDROCK_MODEL).maxTokens(200);
        long ceiling = tenant.caller().ceilingNanos(chat);
        rig.weir().admin().budget(tenant, ceiling, chat.maxTokens(201));

        // When
        Reply above = tenant.caller().chat(chat.maxTokens(201));
        Reply exact = tenant.caller().chat(chat);

        // Then
        Schemas.checkError(above, 429, "insufficient_quota");
        assertThat(above.headers().firstValue("retry-after")).isEmpty();
        assertThat(exact.status()).as(exact.toString()).isEqualTo(200);
    }

    @Test
    void aModelWithoutAPriceIsNeverAskedThoughItsEngineServesIt() {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("unpriced");
        Chat chat = Chat.ask("hi").maxTokens(5);

        // When
        Reply unpriced = tenant.caller().chat(chat.model(TestEngine.UNPRICED));
        Reply priced = tenant.caller().chat(chat.model(TestEngine.MODEL));

        // Then
        Schemas.checkError(unpriced, 503, "no_engine");
        assertThat(priced.status()).isEqualTo(200);
        assertThat(rig.engine().calls()).hasSize(1);
        assertThat(tenant.caller().get("/v1/models").body()).doesNotContain(TestEngine.UNPRICED);
    }
}
