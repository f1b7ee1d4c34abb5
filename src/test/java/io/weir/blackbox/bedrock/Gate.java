package io.weir.blackbox.bedrock;

import java.util.concurrent.CompletableFuture;

/**
 * Decides when answers begin: shut, every request that has been recorded waits before the first byte of its response. Tests call the
 * public methods from any thread; a client that goes away leaves the gate by itself.
 */
public final class Gate {

    private CompletableFuture<Void> opened = CompletableFuture.completedFuture(null);
    private int openAtArrivals = Integer.MAX_VALUE;
    private int arrived;
    private int waiting;

    Gate() {
    }

    /** Shuts the gate until {@link #release()}. */
    public synchronized void hold() {
        holdUntilArrived(Integer.MAX_VALUE);
    }

    /** Shuts the gate until that many further requests have arrived at it, then opens for them and all later ones. */
    public synchronized void holdUntilArrived(int arrivals) {
        if (arrivals < 1) {
            throw new IllegalArgumentException("arrivals: " + arrivals);
        }
        opened.complete(null);
        opened = new CompletableFuture<>();
        openAtArrivals = arrivals;
        arrived = 0;
    }

    /** Opens the gate. */
    public synchronized void release() {
        opened.complete(null);
    }

    /** How many requests wait now. */
    public synchronized int waiting() {
        return waiting;
    }

    void pass(Exchange exchange) {
        CompletableFuture<Void> mine;
        synchronized (this) {
            arrived++;
            if (arrived >= openAtArrivals) {
                opened.complete(null);
            }
            if (opened.isDone()) {
                return;
            }
            mine = opened;
            waiting++;
        }
        try {
            exchange.await(mine);
        } finally {
            synchronized (this) {
                waiting--;
            }
        }
    }
}
