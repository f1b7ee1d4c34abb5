package io.weir.router;

import io.weir.router.stream.StreamEvent;

/**
 * One answer under way. Pull-only: nothing is read from the engine ahead of {@link #next} but a buffer of at most 64 KiB. Read by one thread;
 * closed by any.
 */
public interface EngineStream extends AutoCloseable {

    /**
     * The next event; blocks until there is one. The last event is {@code Finished} or {@code Broken}; after it, the same again. A deadline
     * that passes gives {@code Broken(TIMED_OUT)}, a cancelled call {@code Broken(CANCELLED)}.
     */
    StreamEvent next(Deadline deadline);

    /** Lets go of the upstream: an answer not read to its end is cancelled there. Idempotent. */
    @Override
    void close();
}
