package io.weir.engine.pool;

import io.weir.router.Deadline;
import io.weir.router.EngineStream;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Delta;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.ReasoningDelta;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.StreamEvent.UsageReport;
import io.weir.router.stream.Usage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a stream of server-sent events. Read to its end means: a finish reason was seen, and then {@code [DONE]} or the end of the body.
 * The usage of a chunk is reported before its deltas, so that what a reader has seen is never more than what it knows to be counted.
 */
final class StreamedAnswer implements EngineStream, SseParser.Sink {

    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final Exchange exchange;
    private final OpenAiDialect dialect;
    private final SseParser parser;
    private final ArrayDeque<StreamEvent> ready = new ArrayDeque<>();
    private Usage.@Nullable Exact counted;
    private @Nullable Finished finished;
    private boolean over;
    private @Nullable StreamEvent last;

    StreamedAnswer(Exchange exchange, OpenAiDialect dialect, int lineBytes) {
        this.exchange = exchange;
        this.dialect = dialect;
        this.parser = new SseParser(this, lineBytes);
    }

    @Override
    public StreamEvent next(Deadline deadline) {
        if (last == null && !over) {
            last = exchange.cancelled();
        }
        if (last != null) {
            return last;
        }
        while (ready.isEmpty()) {
            switch (exchange.take(deadline)) {
                case Arrival.Bytes arrival -> read(arrival.bytes().getBytes());
                case Arrival.End end -> readEnd();
                case Arrival.Failed failed -> ready.add(failed.broken());
            }
        }
        StreamEvent event = ready.remove();
        if (event instanceof Finished || event instanceof Broken) {
            last = event;
        }
        return event;
    }

    private void read(byte[] bytes) {
        try {
            parser.feed(bytes);
        } catch (IOException malformed) {
            end(exchange.malformed());
        }
    }

    private void readEnd() {
        try {
            parser.finish();
            end(finished != null ? finished : new Broken(BreakCause.CUT, Spent.UNKNOWN));
        } catch (IOException malformed) {
            end(exchange.malformed());
        }
    }

    @Override
    public void data(byte[] bytes, int length) throws IOException {
        if (over) {
            return;
        }
        if (Arrays.equals(bytes, 0, length, DONE, 0, DONE.length)) {
            end(finished != null ? finished : new Broken(BreakCause.CUT, Spent.UNKNOWN));
            exchange.done();
            return;
        }
        Piece piece = dialect.read(bytes, length);
        if (piece.usage() != null && !piece.usage().equals(counted)) {
            counted = piece.usage();
            ready.add(new UsageReport(piece.usage()));
        }
        if (piece.reasoning() != null) {
            ready.add(new ReasoningDelta(piece.reasoning()));
        }
        if (piece.content() != null) {
            ready.add(new Delta(piece.content()));
        }
        switch (piece.end()) {
            case Finished reason -> finished = finished == null ? reason : finished;
            case Broken broken -> failed(broken);
            case null, default -> {}
        }
    }

    @Override
    public void error() {
        failed(new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN));
    }

    /** The engine says that it failed: the rest of its answer is of no use. */
    private void failed(Broken broken) {
        if (!over) {
            exchange.cancel();
            end(broken);
        }
    }

    private void end(StreamEvent event) {
        if (!over) {
            over = true;
            ready.add(event);
        }
    }

    @Override
    public void close() {
        exchange.cancel();
    }
}
