package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackPressureTest {

    /** What a stalled reader may cost in all: our mailbox, Vert.x' window, and the kernel's buffers on both sides. */
    private static final long STALLED_BYTES = 512 * 1024;
    private static final int EVENTS = 200_000;

    /** Streams numbered deltas as fast as it can, and counts the bytes it got rid of. */
    private static ScriptedEngine torrent(AtomicLong written, CompletableFuture<Long> closedAt) throws Exception {
        return new ScriptedEngine(wire -> {
            wire.request();
            wire.send(Http.STREAM_HEAD);
            try {
                for (int event = 0; event < EVENTS; event++) {
                    byte[] chunk = Http.chunk(Http.delta("\"content\":\"" + event + ",\"")).getBytes(StandardCharsets.UTF_8);
                    wire.send(chunk);
                    written.addAndGet(chunk.length);
                }
                wire.send(Http.chunk(Http.finish("stop") + Http.data("[DONE]")) + Http.END);
                wire.closedAt();
            } catch (IOException closed) {
                closedAt.complete(System.nanoTime());
            }
        });
    }

    private static void awaitStall(AtomicLong written) {
        AtomicLong before = new AtomicLong();
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = written.get();
            return now > 0 && before.getAndSet(now) == now;
        });
    }

    @Test
    void pausesTheEngineWhileItsReaderStallsAndLosesNothing() throws Exception {
        // Given
        AtomicLong written = new AtomicLong();
        try (ScriptedEngine server = torrent(written, new CompletableFuture<>()); PoolRig rig = new PoolRig(server.url()); EngineStream stream = rig.open(Delivery.STREAM)) {
            StreamEvent first = stream.next(PoolRig.soon());

            // When
            awaitStall(written);
            long taken = written.get();

            // Then
            assertThat(first).isEqualTo(new Delta("0,"));
            assertThat(taken).isLessThan(STALLED_BYTES);
            for (int event = 1; event < EVENTS; event++) {
                assertThat(stream.next(PoolRig.soon()).equals(new Delta(event + ","))).isTrue();
            }
            assertThat(stream.next(PoolRig.soon())).isEqualTo(new Finished(FinishReason.STOP));
        }
    }

    @Test
    void closesAPausedUpstreamAtOnce() throws Exception {
        // Given
        AtomicLong written = new AtomicLong();
        CompletableFuture<Long> closedAt = new CompletableFuture<>();
        try (ScriptedEngine server = torrent(written, closedAt); PoolRig rig = new PoolRig(server.url()); EngineStream stream = rig.open(Delivery.STREAM)) {
            stream.next(PoolRig.soon());
            awaitStall(written);

            // When
            long cancelledAt = System.nanoTime();
            stream.close();

            // Then
            assertThat(closedAt.get(5, TimeUnit.SECONDS) - cancelledAt).isLessThan(Duration.ofMillis(250).toNanos());
            assertThat(written.get()).isLessThan(STALLED_BYTES);
        }
    }

    @Test
    void heedsADeadlineThatHasPassedThoughTheMailboxIsFull() throws Exception {
        // Given
        AtomicLong written = new AtomicLong();
        try (ScriptedEngine server = torrent(written, new CompletableFuture<>()); PoolRig rig = new PoolRig(server.url()); EngineStream stream = rig.open(Delivery.STREAM)) {
            stream.next(PoolRig.soon());
            awaitStall(written);

            // When
            int delivered = 0;
            StreamEvent event = stream.next(PoolRig.in(Duration.ZERO));
            while (event instanceof Delta) {
                delivered++;
                event = stream.next(PoolRig.in(Duration.ZERO));
            }

            // Then
            assertThat(event).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.UNKNOWN));
            assertThat(delivered).isLessThan(10);
        }
    }

    @Test
    void disturbsNobodyWhenAPausedAnswerThatHadEndedIsCancelled() throws Exception {
        // Given: an answer that is over on the wire, but fills the mailbox
        StringBuilder wire = new StringBuilder(Http.STREAM_HEAD);
        for (int event = 0; event < 400; event++) {
            wire.append(Http.chunk(Http.delta("\"content\":\"" + event + "\"")));
        }
        wire.append(Http.chunk(Http.finish("stop") + Http.data("[DONE]"))).append(Http.END);
        try (ScriptedEngine server = ScriptedEngine.always(wire.toString()); PoolRig rig = new PoolRig(server.url())) {
            for (int round = 0; round < 200; round++) {
                EngineStream stalled = rig.open(Delivery.STREAM);
                stalled.next(PoolRig.soon());
                CompletableFuture<Integer> other = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> other.complete(rig.answer(Delivery.STREAM).size()));

                // When
                stalled.close();

                // Then
                assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(401);
            }
        }
    }
}
