package io.weir.gateway.bedrock;

import io.weir.gateway.bedrock.ConverseErrors.Progress;
import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.EngineStream;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call under way, whole or streamed: the SDK's threads signal, one reader waits for signals, any thread closes. The queue holds at most one
 * piece of content and a few ends, for content is asked for one at a time.
 */
abstract class Call implements EngineStream {

    /** What the SDK's threads have to say. */
    sealed interface Signal {

        /** An event of the stream, or the whole answer. */
        record Arrived(Object content) implements Signal {
            @Override
            public String toString() {
                return "Arrived[REDACTED]";
            }
        }

        /** The response ended well, as far as HTTP goes. */
        record Ended() implements Signal {}

        /** It did not. */
        record Failed(Throwable failure) implements Signal {}

        /** Nobody waits any more. */
        record Closed() implements Signal {}
    }

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable CompletableFuture<?>> call = new AtomicReference<>();
    private final Transmission transmission;
    private final CallContext context;
    private volatile boolean answering;
    private volatile boolean closed;
    private volatile boolean over;
    private @Nullable StreamEvent last;

    Call(Transmission transmission, CallContext context) {
        this.transmission = transmission;
        this.context = context;
    }

    /** Asks the SDK; its failures become signals. */
    abstract CompletableFuture<?> ask();

    /** The next canonical event of what has arrived, or null if it has none. Called by the reader. */
    abstract @Nullable StreamEvent read(Object content);

    /** What the end of a good response means. Called by the reader. */
    abstract StreamEvent atEnd();

    /** Whether the answer is complete although its response has not ended yet. Called by the reader. */
    abstract boolean complete();

    /** Stops the flow of content. Called by any thread. */
    abstract void stop();

    final Call start(CancelToken cancel) {
        cancel.onCancel(this::close);
        if (closed) {
            return this;
        }
        try {
            call.set(ask());
        } catch (RuntimeException refused) {
            signal(new Signal.Failed(refused));
        }
        if (closed) {
            release();
        }
        return this;
    }

    final void signal(Signal signal) {
        signals.add(signal);
    }

    /** A good response has begun. */
    final void answering() {
        answering = true;
    }

    final boolean isClosed() {
        return closed;
    }

    @Override
    public final StreamEvent next(Deadline deadline) {
        StreamEvent event = last;
        while (event == null) {
            event = event(await(deadline));
        }
        return event;
    }

    private @Nullable Signal await(Deadline deadline) {
        try {
            return signals.poll(Math.max(0, deadline.remainingNanos(context.ticker())), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Signal.Closed();
        }
    }

    private @Nullable StreamEvent event(@Nullable Signal signal) {
        return switch (signal) {
            case null -> complete() ? end(atEnd()) : end(new Broken(BreakCause.TIMED_OUT, spent()));
            case Signal.Arrived arrived -> transmission.foreign() ? end(malformed()) : arrived(arrived.content());
            case Signal.Ended ended -> {
                over = true;
                yield end(transmission.foreign() ? malformed() : atEnd());
            }
            case Signal.Closed gone -> end(new Broken(BreakCause.CANCELLED, spent()));
            case Signal.Failed failed -> end(failed(failed.failure()));
        };
    }

    private @Nullable StreamEvent arrived(Object content) {
        StreamEvent event = read(content);
        return event instanceof Broken ? end(event) : event;
    }

    private Broken failed(Throwable failure) {
        if (closed) {
            return new Broken(BreakCause.CANCELLED, spent());
        }
        Broken broken = transmission.foreign() ? malformed() : ConverseErrors.broken(failure, progress());
        context.log(broken, failure);
        return broken;
    }

    private static Broken malformed() {
        return new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
    }

    private StreamEvent end(StreamEvent event) {
        last = event;
        if (event instanceof Broken) {
            release();
        }
        return event;
    }

    private Progress progress() {
        if (answering) {
            return Progress.ANSWERING;
        }
        return transmission.begun() ? Progress.SENT : Progress.NOT_SENT;
    }

    private Spent spent() {
        return progress() == Progress.NOT_SENT ? Spent.NOTHING : Spent.UNKNOWN;
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            release();
            signal(new Signal.Closed());
        }
    }

    /** Closes the connection, or lets it be used again where the response has been read to its end. */
    private void release() {
        if (over) {
            return;
        }
        stop();
        CompletableFuture<?> asked = call.get();
        if (asked != null) {
            asked.cancel(true);
        }
    }
}
