package io.weir.tenancy.admission;

import io.weir.tenancy.admission.Reservation.Ended;
import io.weir.tenancy.admission.SystemOfRecord.BookedRow;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Books ends: first PostgreSQL, then the admission store (DESIGN.md 7.6), each sent until it is acknowledged. One thread; requests only queue. An attempt stays
 * open, and so is recorded again after a restart of PostgreSQL, until PostgreSQL has booked it.
 */
final class Settler {

    /** Keeps one transaction and its locks short. */
    static final int BOOK_BATCH = 256;
    /** Keeps one script short: Redis serves nobody else meanwhile. */
    static final int APPLY_BATCH = 64;
    /** An effect that was not acknowledged for so long may outlive the mark that makes it harmless to repeat: a new epoch takes its place. */
    static final Duration EFFECT_AGE = Duration.ofMinutes(2);

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration IDLE = Duration.ofMillis(50);
    private static final System.Logger LOG = System.getLogger(Settler.class.getName());

    private final Shared shared;
    private final EpochKeeper epochs;
    /** Each open attempt queues one end and a few effects. */
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>(4 * OpenAttempts.MAX);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Ended> toBook = new ArrayList<>();
    private final List<Apply> toApply = new ArrayList<>();
    private long bookAfter;
    private long applyAfter;
    private volatile int waiting;
    private volatile boolean stopped;
    private volatile long stopAt;

    private sealed interface Work {}

    private record Book(Ended end) implements Work {}

    private record Apply(long epoch, Effect effect, long since) implements Work {}

    Settler(Shared shared, EpochKeeper epochs) {
        this.shared = shared;
        this.epochs = epochs;
    }

    /** Queues the first end of an open attempt; later ends of the same attempt are dropped. Never blocks. */
    void close(Ended end) {
        AttemptKey key = OpenAttempts.key(end.settlement().held());
        if (shared.open().end(key)) {
            put(new Book(end));
        }
    }

    /** Gives a hold back that nothing was booked for. Never blocks. */
    void letGo(long epoch, AttemptKey key) {
        put(new Apply(epoch, new Effect.LetGo(key), shared.nanos()));
    }

    /** Queues the admission store's half of rows that stand. Never blocks. */
    void applyRows(List<BookedRow> rows) {
        rows.forEach(row -> put(new Apply(row.booked().epoch(), row.effect(), shared.nanos())));
    }

    int unsettled() {
        return queue.size() + waiting;
    }

    private void put(Work work) {
        if (!queue.offer(work)) {
            // Cannot be while every open attempt ends once; the hold stays, and is swept or seeded anew.
            LOG.log(Level.ERROR, "the settlement queue is full");
            epochs.lost(epochs.known());
        }
    }

    /** Ends the thread when all is booked, or the time is over. */
    void drain(Duration within) {
        stopAt = shared.nanos() + within.toNanos();
        stopped = true;
        try {
            ended.await(within.toMillis() + RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void run() {
        try {
            while (!stopped || (unsettled() > 0 && shared.nanos() - stopAt < 0)) {
                take();
                book();
                apply();
                waiting = toBook.size() + toApply.size();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private void take() throws InterruptedException {
        Work first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        while (first != null) {
            switch (first) {
                case Book book -> toBook.add(book.end);
                case Apply apply -> toApply.add(apply);
            }
            waiting = toBook.size() + toApply.size();
            first = toBook.size() < BOOK_BATCH && toApply.size() < APPLY_BATCH ? queue.poll() : null;
        }
    }

    private void book() {
        while (!toBook.isEmpty() && shared.nanos() - bookAfter >= 0) {
            List<Ended> batch = toBook.subList(0, Math.min(BOOK_BATCH, toBook.size()));
            try {
                bookBatch(List.copyOf(batch));
                batch.clear();
            } catch (StoreAway away) {
                shared.away(away);
                bookAfter = shared.nanos() + RETRY.toNanos();
            } catch (RuntimeException fault) {
                bookOneByOne(List.copyOf(batch));
                batch.clear();
            }
        }
    }

    private void bookBatch(List<Ended> batch) {
        shared.reached(CrashPoints.BEFORE_SETTLE_PG);
        List<BookedRow> rows = shared.record().settlements().book(batch);
        shared.reached(CrashPoints.AFTER_SETTLE_PG);
        batch.forEach(end -> shared.open().remove(OpenAttempts.key(end.settlement().held())));
        for (BookedRow row : rows) {
            toApply.add(new Apply(row.booked().epoch(), row.effect(), shared.nanos()));
            if (row.row().kind().equals("OVERRUN")) {
                shared.listener().overrun(row.key());
            }
        }
    }

    /** PostgreSQL refused a value, or there is a fault of our own: the others are booked, the offender stays an open intent, loudly. */
    private void bookOneByOne(List<Ended> batch) {
        for (Ended end : batch) {
            try {
                bookBatch(List.of(end));
            } catch (StoreAway away) {
                shared.away(away);
                toBook.add(end);
            } catch (RuntimeException fault) {
                LOG.log(Level.ERROR, () -> "attempt " + OpenAttempts.key(end.settlement().held()).text() + " cannot be booked", fault);
            }
        }
    }

    private void apply() {
        if (toApply.isEmpty() || shared.nanos() - applyAfter < 0) {
            return;
        }
        long known = epochs.known();
        toApply.removeIf(apply -> apply.epoch < known); // the next snapshot holds the row
        try {
            while (!toApply.isEmpty()) {
                if (!applySome(toApply.getFirst().epoch)) {
                    applyAfter = shared.nanos() + RETRY.toNanos();
                    break;
                }
            }
        } catch (StoreAway away) {
            shared.away(away);
            applyAfter = shared.nanos() + RETRY.toNanos();
        }
        boolean isTooOld = !toApply.isEmpty() && shared.nanos() - toApply.getFirst().since > EFFECT_AGE.toNanos();
        if (isTooOld) {
            epochs.lost(toApply.getFirst().epoch);
        }
    }

    private boolean applySome(long epoch) {
        Set<Apply> batch = Collections.newSetFromMap(new IdentityHashMap<>());
        toApply.stream().filter(apply -> apply.epoch == epoch).limit(APPLY_BATCH).forEach(batch::add);
        boolean applied = shared.store().apply(epoch, batch.stream().map(Apply::effect).toList());
        if (!applied) {
            epochs.doubt(epoch);
            return false;
        }
        shared.reached(CrashPoints.AFTER_SETTLE_REDIS);
        toApply.removeIf(batch::contains);
        return true;
    }
}
