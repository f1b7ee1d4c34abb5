package io.weir.blackbox.rig;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** Lets the test decide when somebody goes on: one permit, one step, first come first served. Thread-safe. */
public final class Turnstile {

    private final Deque<CompletableFuture<Void>> queue = new ArrayDeque<>();
    private long permits;

    /** One that lets nobody through yet. */
    public static Turnstile shut() {
        return new Turnstile();
    }

    /** Lets that many further steps through. */
    public synchronized void allow(long steps) {
        permits = permits > Long.MAX_VALUE - steps ? Long.MAX_VALUE : permits + steps;
        while (permits > 0 && !queue.isEmpty()) {
            if (queue.removeFirst().complete(null)) {
                permits--;
            }
        }
    }

    /** Lets everybody through from now on. */
    public void open() {
        allow(Long.MAX_VALUE);
    }

    /** How many wait. */
    public synchronized int waiting() {
        queue.removeIf(CompletableFuture::isDone);
        return queue.size();
    }

    /** Waits for a permit; false when the other event came first. */
    boolean pass(CompletableFuture<?> unless) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        synchronized (this) {
            if (permits > 0) {
                permits--;
                return true;
            }
            queue.addLast(turn);
        }
        CompletableFuture.anyOf(turn, unless).join();
        return !turn.cancel(false);
    }
}
