package io.weir.gateway.pipeline;

import io.weir.router.GatewayError;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.Usage;

/**
 * Where an answer goes, in the dialect of the API called. Used by one thread, in this order: {@link #open} at most once, events, then exactly one of
 * {@link #complete} and {@link #fail}. Writes wait for a slow reader; they return at once when the caller is gone.
 */
public interface ResponseSink {

    /** The first event is there: whoever answers is settled. Nothing may have been written before. */
    void open(AnswerStart head);

    void delta(StreamEvent.Delta delta);

    void reasoning(StreamEvent.ReasoningDelta delta);

    /** The answer reached its end. */
    void complete(FinishReason reason, Usage usage);

    /** No answer, or no more of it: an HTTP status before {@link #open}, one error event after it. */
    void fail(GatewayError error);

    /** Whether the caller went away. */
    boolean isGone();
}
