package io.weir.blackbox.bedrock;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Lets a test decide when each delta of an answer is generated: one permit, one delta. Shared by every answer that uses it, first come
 * first served; thread-safe.
 */
public final class Steps {

    private final Deque<CompletableFuture<Void>> queue = new ArrayDeque<>();
    private long permits;

    /** Steps with no permit yet: nothing is generated. */
    public Steps() {
        this.permits = 0;
    }

    /** Lets that many further deltas through. */
    public synchronized void allow(long deltas) {
        permits = permits > Long.MAX_VALUE - deltas ? Long.MAX_VALUE : permits + deltas;
        while (permits > 0 && !queue.isEmpty()) {
            if (queue.removeFirst().complete(null)) {
                permits--;
            }
        }
    }

    /** Lets everything through from now on. */
    public void allowAll() {
        allow(Long.MAX_VALUE);
    }

    void take(Exchange exchange) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        synchronized (this) {
            if (permits > 0) {
                permits--;
                return;
            }
            queue.addLast(turn);
        }
        try {
            exchange.await(turn);
        } catch (Exchange.ClientGone gone) {
            turn.cancel(false);
            throw gone;
        }
    }
}
