package io.weir.gateway.http;

import io.weir.router.CancelToken;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Requests under way on this gateway: bounded, cancelled together when the lease is lost, waited for at the end. Thread-safe. */
public final class InFlight {

    private final int limit;
    private final Semaphore free;
    private final Set<CancelToken> tokens = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    public InFlight(int limit) {
        this.limit = limit;
        this.free = new Semaphore(limit);
    }

    /** False when there are too many, or the gateway is going down. What entered must {@link #leave}. */
    boolean enter(CancelToken token) {
        if (draining || !free.tryAcquire()) {
            return false;
        }
        tokens.add(token);
        return true;
    }

    void leave(CancelToken token) {
        tokens.remove(token);
        free.release();
    }

    public int count() {
        return tokens.size();
    }

    public boolean isDraining() {
        return draining;
    }

    /** Closes every upstream: nobody may spend without a lease. */
    public void cancelAll() {
        tokens.forEach(CancelToken::cancel);
    }

    /** Lets nobody in and waits for those inside; cancels whoever is left when the time is over, and waits for their settlement. */
    public void drain(Duration wait) throws InterruptedException {
        draining = true;
        if (!free.tryAcquire(limit, wait.toMillis(), TimeUnit.MILLISECONDS)) {
            cancelAll();
            free.tryAcquire(limit, wait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
