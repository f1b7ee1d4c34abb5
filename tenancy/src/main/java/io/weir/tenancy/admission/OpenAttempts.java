package io.weir.tenancy.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** This process' attempts between their intent and their booking: what it re-records when PostgreSQL was away. Thread-safe. */
final class OpenAttempts {

    /** More than any gateway serves at once (some kB each); bounds every queue behind it. */
    static final int MAX = 65_536;

    private final ConcurrentHashMap<AttemptKey, Attempt> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    /** One attempt under way. */
    static final class Attempt {
        private final Reservation.Held held;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile long delivered;
        private volatile boolean dirty;

        private Attempt(Reservation.Held held) {
            this.held = held;
        }

        Reservation.Held held() {
            return held;
        }

        void note(long outputTokens) {
            delivered = outputTokens;
            dirty = true;
        }

        /** What to checkpoint, once per change; null when nothing changed. */
        @Nullable Long takeChange() {
            if (!dirty) {
                return null;
            }
            dirty = false;
            return delivered;
        }
    }

    /** False when there are too many, or the attempt is open already. */
    boolean add(Reservation.Held held) {
        if (count.incrementAndGet() > MAX || attempts.putIfAbsent(key(held), new Attempt(held)) != null) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    void remove(AttemptKey key) {
        if (attempts.remove(key) != null) {
            count.decrementAndGet();
        }
    }

    @Nullable Attempt find(AttemptKey key) {
        return attempts.get(key);
    }

    /** True for the first end of an open attempt. */
    boolean end(AttemptKey key) {
        Attempt attempt = attempts.get(key);
        return attempt != null && attempt.ended.compareAndSet(false, true);
    }

    List<Attempt> all() {
        return new ArrayList<>(attempts.values());
    }

    boolean isEmpty() {
        return attempts.isEmpty();
    }

    static AttemptKey key(Reservation.Held held) {
        return new AttemptKey(held.request(), held.attempt());
    }
}
