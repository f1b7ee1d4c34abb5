package io.weir.engine.moe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues generations and runs them on lanes, one thread each, several sequences a lane in one batch (continuous batching, Yu et al., OSDI 2022).
 *
 * <p>Guarantees: every submitted sequence is told its end exactly once, also at shutdown; lower priority numbers start first, equal ones in the order
 * of their coming; a sequence starts only when the positions it may come to need are free, so that none is ever evicted. Any thread may call it.
 */
final class Scheduler implements AutoCloseable {
    /** Requests that may wait; more are refused at once, since a queue that long already means seconds of waiting. */
    static final int WAITING_MAX = 256;
    /** Sequences a lane runs at once; together with the cache bound it limits memory, and a batch of this many still answers each fluently. */
    static final int SEQUENCES_PER_LANE = 8;
    /** The share of the heap that caches may fill. */
    private static final double CACHE_HEAP_SHARE = 0.5;
    private static final long IDLE_MILLIS = 200;

    private final MoeModel model;
    private final BpeTokenizer tokenizer;
    private final EngineMetrics metrics;
    private final LongSupplier nanoClock;
    private final int positionsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(
            Comparator.comparingInt((Waiting w) -> w.sequence.request().priority()).thenComparingLong(Waiting::order));
    private final List<Sequence> running = new ArrayList<>();
    private final List<Thread> lanes = new ArrayList<>();
    private long order;
    private int reserved;
    private boolean draining;
    private boolean closed;

    private record Waiting(Sequence sequence, long order) {}

    Scheduler(MoeModel model, BpeTokenizer tokenizer, EngineMetrics metrics, LongSupplier nanoClock, int laneCount) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        ModelShape shape = model.shape();
        long bytesPerPosition = (long) shape.layers() * (shape.keyWidth() + shape.latentRank()) * Float.BYTES;
        long fitting = (long) (Runtime.getRuntime().maxMemory() * CACHE_HEAP_SHARE) / bytesPerPosition;
        long wanted = (long) laneCount * SEQUENCES_PER_LANE * shape.contextLength();
        this.positionsMax = (int) Math.max(shape.contextLength(), Math.min(wanted, fitting));
        for (int i = 0; i < laneCount; i++) {
            Lane lane = new Lane(model, this, metrics, nanoClock);
            lanes.add(Thread.ofPlatform().name("weir-lane-" + i).daemon(true).start(lane));
        }
    }

    /** Queues a generation; null when the queue is full or the engine is closing. The listener then hears nothing. */
    @Nullable Sequence submit(GenerationRequest request, GenerationListener listener) {
        Sequence sequence = new Sequence(request, listener, tokenizer, model.shape(), nanoClock.getAsLong());
        lock.lock();
        try {
            if (draining || waiting.size() >= WAITING_MAX) {
                metrics.refused();
                return null;
            }
            waiting.add(new Waiting(sequence, order++));
            changed.signalAll();
            return sequence;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a sequence before its next token; harmless when it has ended. */
    void cancel(Sequence sequence) {
        sequence.markCancelled();
        boolean neverStarted;
        lock.lock();
        try {
            neverStarted = waiting.removeIf(w -> w.sequence == sequence);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (neverStarted) {
            end(sequence, FinishReason.CANCELLED);
        }
    }

    /** Computes no further token of the sequence until it is resumed; its reader is slow. */
    void pause(Sequence sequence) {
        sequence.markPaused(true);
    }

    /** Goes on after {@link #pause}. */
    void resume(Sequence sequence) {
        sequence.markPaused(false);
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fills a lane's list up from the queue; waits a while when there is nothing for the lane to do.
     *
     * @return false when the engine is closing
     */
    boolean refill(List<Sequence> active) throws InterruptedException {
        lock.lock();
        try {
            boolean idle = active.stream().allMatch(s -> s.paused() && !s.cancelled());
            if (idle && !nextFits(active) && !closed) {
                changed.await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
            }
            while (nextFits(active)) {
                Sequence next = waiting.remove().sequence;
                reserved += next.positionsMax();
                running.add(next);
                active.add(next);
                metrics.admitted(nanoClock.getAsLong() - next.submittedNanos());
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean nextFits(List<Sequence> active) {
        return active.size() < SEQUENCES_PER_LANE && !waiting.isEmpty()
                && reserved + waiting.element().sequence.positionsMax() <= positionsMax;
    }

    /** Called by a lane when a sequence it took has ended. */
    void release(Sequence sequence, FinishReason reason) {
        lock.lock();
        try {
            running.remove(sequence);
            reserved -= sequence.positionsMax();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        end(sequence, reason);
    }

    private void end(Sequence sequence, FinishReason reason) {
        metrics.finished(reason, nanoClock.getAsLong() - sequence.submittedNanos());
        sequence.finish(reason);
    }

    EngineMetrics.Load load() {
        lock.lock();
        try {
            int positions = running.stream().mapToInt(Sequence::cachedPositions).sum();
            return new EngineMetrics.Load(running.size(), waiting.size(), (double) positions / positionsMax);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no new sequences from now on; returns when all have ended, or after the given time. */
    void drain(Duration most) {
        lock.lock();
        try {
            draining = true;
            long left = most.toNanos();
            while (left > 0 && !(waiting.isEmpty() && running.isEmpty())) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all sequences as failed and the lanes with them; returns when the lanes have ended. */
    @Override
    public void close() {
        List<Waiting> left;
        lock.lock();
        try {
            draining = true;
            closed = true;
            left = List.copyOf(waiting);
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(w -> end(w.sequence, FinishReason.FAILED));
        for (Thread lane : lanes) {
            try {
                lane.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
