package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Admin.Limits;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Quotas by the minute are token buckets over all gateways: admitted = L + floor(L x dt / window) +- 1. */
@ExtendWith(Rigs.class)
class RateTest {

    private static final Chat HI = Chat.ask("hi").maxTokens(5);

    private final HybridRig rig;

    RateTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
    }

    /** One call and when, on the client's clock, it was surely under way. */
    private record Timed(Reply reply, long sentNanos, long answeredNanos) {
    }

    @Test
    void aBurstOverTwoGatewaysIsAdmittedByOneBucket() throws InterruptedException, ExecutionException {
        // Given
        int limit = 300;
        Admin.Made tenant = rig.weir().admin().tenant("rate", Limits.requests(limit));

        // When
        List<Timed> calls = burst(tenant.caller(), 500);

        // Then
        long admitted = calls.stream().filter(call -> call.reply().status() == 200).count();
        long longest = calls.stream().mapToLong(Timed::answeredNanos).max().orElseThrow()
                - calls.stream().mapToLong(Timed::sentNanos).min().orElseThrow();
        long refilled = Math.floorDiv(limit * longest, Duration.ofMinutes(1).toNanos());
        assertThat(admitted).isBetween((long) limit, limit + refilled + 1);
        assertThat(calls).filteredOn(call -> call.reply().status() != 200).isNotEmpty().allSatisfy(call -> {
            Schemas.checkError(call.reply(), 429, "rate_limited");
            assertThat(Long.parseLong(call.reply().header("retry-after"))).isEqualTo(1);
        });
        assertThat(rig.engine().calls()).as("a refused call reaches no engine").hasSize((int) admitted);
    }

    private List<Timed> burst(Caller caller, int count) throws InterruptedException, ExecutionException {
        List<URI> endpoints = rig.weir().endpoints();
        try (ExecutorService threads = Executors.newFixedThreadPool(16, Thread.ofVirtual().factory())) {
            List<Future<Timed>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Caller here = caller.at(endpoints.get(i % endpoints.size()));
                futures.add(threads.submit(() -> {
                    long sent = System.nanoTime();
                    Reply reply = here.chat(HI);
                    return new Timed(reply, sent, System.nanoTime());
                }));
            }
            List<Timed> calls = new ArrayList<>();
            for (Future<Timed> future : futures) {
                calls.add(future.get());
            }
            return calls;
        }
    }

    @Test
    void retryAfterIsTrue() {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("retry", Limits.requests(30));
        Reply refused = tenant.caller().chat(HI);
        while (refused.status() == 200) {
            refused = tenant.caller().chat(HI);
        }
        Schemas.checkError(refused, 429, "rate_limited");
        long seconds = Long.parseLong(refused.header("retry-after"));

        // When
        Reply[] again = new Reply[1];
        await().pollDelay(Duration.ofSeconds(seconds)).atMost(Duration.ofSeconds(seconds + 30)).until(() -> {
            again[0] = tenant.caller().chat(HI);
            return true;
        });

        // Then
        assertThat(seconds).isBetween(1L, 2L);
        assertThat(again[0].status()).as(again[0].toString()).isEqualTo(200);
    }

    @Test
    void tokensAMinuteAreTakenByTheWorstCaseAndGivenBackByTheTrueOne() {
        // Given
        Admin.Made tenant = rig.weir().admin().tenant("tokens", new Limits(null, 1_000L, null));
        Caller caller = tenant.caller();

        // When
        Reply above = caller.chat(HI.maxTokens(1_000));
        List<Reply> within = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Reply reply = caller.chat(HI.maxTokens(400));
            within.add(reply);
            caller.settled(reply.requestId());
        }

        // Then
        Schemas.checkError(above, 400, "above_quota");
        assertThat(within).as("20 x 482 tokens at the worst, 20 x 10 in truth").allMatch(reply -> reply.status() == 200);
    }
}
