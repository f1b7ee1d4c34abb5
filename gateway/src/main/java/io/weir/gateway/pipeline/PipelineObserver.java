package io.weir.gateway.pipeline;

import io.weir.router.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Told of every request once, after it was settled. Never blocks, never throws. */
public interface PipelineObserver {

    /**
     * @param inbound the request
     * @param outcome how it ended
     * @param served who answered, or null where nobody was asked
     * @param took from arrival to the last byte
     */
    void ended(Inbound inbound, Outcome outcome, @Nullable Served served, Duration took);

    /** Weir failed on this request: the cause goes to the log, never to the caller. */
    void faulted(Inbound inbound, Throwable fault);
}
