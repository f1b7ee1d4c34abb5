package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.router.CancelToken;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineStream;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Delta;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.Spent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private static final Broken CANCELLED = new Broken(BreakCause.CANCELLED, Spent.UNKNOWN);
    private static final long PROMISED_NANOS = Duration.ofMillis(250).toNanos();

    /** Sends what it is told, then is silent until its client closes, and remembers when that was. */
    private static final class Silent implements AutoCloseable {
        final CountDownLatch said = new CountDownLatch(1);
        final CompletableFuture<Long> closedAt = new CompletableFuture<>();
        final ScriptedEngine server;

        Silent(String words) throws IOException {
            server = new ScriptedEngine(wire -> {
                wire.request();
                wire.send(words);
                said.countDown();
                closedAt.complete(wire.closedAt());
            });
        }

        long nanosUntilClosed(long since) throws Exception {
            return closedAt.get(10, TimeUnit.SECONDS) - since;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    void closesTheUpstreamInSilenceBeforeTheFirstByte() throws Exception {
        for (Delivery delivery : Delivery.values()) {
            // Given
            try (Silent engine = new Silent(""); PoolRig rig = new PoolRig(engine.server.url())) {
                CancelToken cancel = new CancelToken();
                EngineStream stream = rig.open(delivery, cancel);
                engine.said.await();

                // When
                long cancelledAt = System.nanoTime();
                cancel.cancel();

                // Then
                assertThat(engine.nanosUntilClosed(cancelledAt)).isBetween(0L, PROMISED_NANOS);
                assertThat(stream.next(PoolRig.soon())).isEqualTo(CANCELLED);
                assertThat(stream.next(PoolRig.soon())).isEqualTo(CANCELLED);
            }
        }
    }

    @Test
    void wakesAReaderThatWaitsAndClosesTheUpstreamInTheMiddle() throws Exception {
        // Given
        try (Silent engine = new Silent(Http.STREAM_HEAD + Http.chunk(Http.delta("\"content\":\"a\""))); PoolRig rig = new PoolRig(engine.server.url())) {
            EngineStream stream = rig.open(Delivery.STREAM);
            assertThat(stream.next(PoolRig.soon())).isEqualTo(new Delta("a"));
            CompletableFuture<StreamEvent> waiting = new CompletableFuture<>();
            Thread reader = Thread.ofVirtual().start(() -> waiting.complete(stream.next(PoolRig.soon())));
            while (reader.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }

            // When
            long closedAt = System.nanoTime();
            stream.close();
            stream.close();

            // Then
            assertThat(engine.nanosUntilClosed(closedAt)).isBetween(0L, PROMISED_NANOS);
            assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(CANCELLED);
        }
    }

    @Test
    void closesTheUpstreamWhenADeadlinePasses() throws Exception {
        // Given
        try (Silent engine = new Silent(Http.STREAM_HEAD + Http.chunk(Http.delta("\"content\":\"a\""))); PoolRig rig = new PoolRig(engine.server.url())) {
            EngineStream stream = rig.open(Delivery.STREAM);
            assertThat(stream.next(PoolRig.soon())).isEqualTo(new Delta("a"));

            // When
            long waitedFrom = System.nanoTime();
            StreamEvent event = stream.next(PoolRig.in(Duration.ofMillis(80)));

            // Then
            assertThat(event).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.UNKNOWN));
            assertThat(engine.nanosUntilClosed(waitedFrom)).isBetween(Duration.ofMillis(80).toNanos(), Duration.ofMillis(80).toNanos() + PROMISED_NANOS);
        }
    }

    @Test
    void breaksAtADeadlineEvenIfTheEngineNeverPauses() throws Exception {
        // Given: an engine that drips comments for ever
        CompletableFuture<Boolean> cut = new CompletableFuture<>();
        try (ScriptedEngine server = new ScriptedEngine(wire -> {
                    wire.request();
                    wire.send(Http.STREAM_HEAD);
                    try {
                        while (true) {
                            wire.chunk(": still here\n\n");
                        }
                    } catch (IOException closed) {
                        cut.complete(true);
                    }
                });
                PoolRig rig = new PoolRig(server.url());
                EngineStream stream = rig.open(Delivery.STREAM)) {
            // When
            StreamEvent event = stream.next(PoolRig.in(Duration.ofMillis(200)));

            // Then
            assertThat(event).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.UNKNOWN));
            assertThat(cut.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void sendsNothingForACallThatWasCancelledBefore() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json("{}")); PoolRig rig = new PoolRig(server.url())) {
            CancelToken cancel = new CancelToken();
            cancel.cancel();

            // When
            List<StreamEvent> events = PoolRig.drain(rig.open(Delivery.WHOLE, cancel));

            // Then
            assertThat(events).containsExactly(new Broken(BreakCause.CANCELLED, Spent.NOTHING));
            assertThat(server.connections).hasValue(0);
        }
    }

    @Test
    void givesUpAnEngineThatGoesOnAfterItsEnd() throws Exception {
        // Given: [DONE], but the body stays open
        String words = Http.STREAM_HEAD + Http.chunk(Http.finish("stop")) + Http.chunk(Http.data("[DONE]"));
        try (Silent engine = new Silent(words); PoolRig rig = new PoolRig(engine.server.url())) {
            long openedAt = System.nanoTime();

            // When
            List<StreamEvent> events = rig.answer(Delivery.STREAM);

            // Then
            assertThat(events).containsExactly(new Finished(FinishReason.STOP));
            assertThat(engine.nanosUntilClosed(openedAt)).isLessThan(Duration.ofSeconds(8).toNanos());
        }
    }

    @Test
    void disturbsNoOtherCallWhenItCancelsThousands() throws Exception {
        // Given
        String answer = Http.STREAM_HEAD + Http.chunk(Http.delta("\"content\":\"a\"")) + Http.chunk(Http.finish("stop")) + Http.chunk(Http.data("[DONE]")) + Http.END;
        int calls = 2_000;
        Semaphore under = new Semaphore(32);
        try (ScriptedEngine server = ScriptedEngine.always(answer); PoolRig rig = new PoolRig(server.url())) {
            List<CompletableFuture<List<StreamEvent>>> read = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                under.acquire();
                CancelToken cancel = new CancelToken();

                // When
                EngineStream doomed = rig.open(Delivery.STREAM, cancel);
                CompletableFuture<List<StreamEvent>> whole = new CompletableFuture<>();
                read.add(whole);
                Thread.ofVirtual().start(() -> {
                    whole.complete(rig.answer(Delivery.STREAM));
                    under.release();
                });
                Thread.ofVirtual().start(cancel::cancel);
                doomed.next(PoolRig.soon());
                doomed.close();
            }

            // Then
            for (CompletableFuture<List<StreamEvent>> events : read) {
                assertThat(events.get(20, TimeUnit.SECONDS)).containsExactly(new Delta("a"), new Finished(FinishReason.STOP));
            }
        }
    }
}
