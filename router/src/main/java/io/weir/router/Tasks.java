package io.weir.router;

import java.time.Duration;

/** The one way to start work beside the caller's thread, so that a seeded simulation can run it step by step. */
public interface Tasks {

    /** Runs a task once on a thread of its own (a virtual one in the product). */
    void start(String name, Runnable task);

    /**
     * Runs a task at once and again and again, the next run one period after the last one ended; a run that throws is logged and does not end the
     * series. Closing the handle ends it.
     */
    Handle every(String name, Duration period, Runnable task);

    /** A running series. */
    interface Handle extends AutoCloseable {
        @Override
        void close();
    }
}
