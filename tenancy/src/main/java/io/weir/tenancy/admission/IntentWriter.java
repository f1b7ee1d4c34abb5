package io.weir.tenancy.admission;

import io.weir.tenancy.admission.SystemOfRecord.Recorded;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Group commit of intents: one thread writes whatever is queued when it is free, in one statement. It never waits for more to come. */
final class IntentWriter {

    /** Some tenths of a second of the fastest gateway: beyond it callers are refused rather than kept waiting. */
    static final int QUEUE = 4_096;
    /** Keeps one statement's arrays small. */
    static final int BATCH = 256;
    /** Longer than a slow commit, shorter than a client's patience. */
    static final Duration WAIT = Duration.ofSeconds(2);

    private static final Duration IDLE = Duration.ofMillis(100);
    private static final System.Logger LOG = System.getLogger(IntentWriter.class.getName());

    private final Shared shared;
    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
    private volatile boolean stopped;

    private record Pending(Reservation.Held held, CompletableFuture<Recorded> done) {}

    /** What the caller learns. */
    enum Answer {
        ON_RECORD,
        EPOCH_GONE,
        /** Provably not on record. */
        REFUSED,
        /** Nobody knows whether it is on record. */
        UNKNOWN
    }

    IntentWriter(Shared shared) {
        this.shared = shared;
    }

    /** Blocks until the intent is on record, or it is known why not, or nobody knows. */
    Answer record(Reservation.Held held) {
        Pending pending = new Pending(held, new CompletableFuture<>());
        if (stopped || !queue.offer(pending)) {
            return Answer.REFUSED;
        }
        try {
            return switch (pending.done.get(WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                case ON_RECORD -> Answer.ON_RECORD;
                case EPOCH_GONE -> Answer.EPOCH_GONE;
                case ENDED, INVALID -> Answer.REFUSED;
            };
        } catch (TimeoutException | ExecutionException e) {
            pending.done.cancel(false);
            return Answer.UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.UNKNOWN;
        }
    }

    void run() {
        List<Pending> batch = new ArrayList<>(BATCH);
        while (!stopped || !queue.isEmpty()) {
            try {
                Pending first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    write(batch.stream().filter(pending -> !pending.done.isDone()).toList());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopped = true;
                return;
            } finally {
                batch.clear();
            }
        }
    }

    void stop() {
        stopped = true;
    }

    private void write(List<Pending> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<Recorded> answers = shared.record().intents().record(shared.start(), batch.stream().map(Pending::held).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).done.complete(answers.get(i));
            }
        } catch (StoreAway away) {
            shared.away(away);
            batch.forEach(pending -> pending.done.completeExceptionally(away));
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "intents could not be recorded", fault);
            batch.forEach(pending -> pending.done.completeExceptionally(fault));
        }
    }
}
