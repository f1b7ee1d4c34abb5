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
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** An answer asked for whole: at most one delta of each kind, the usage, the end. Nothing is delivered of one that did not arrive whole. */
final class WholeAnswer implements EngineStream {

    private final Exchange exchange;
    private final OpenAiDialect dialect;
    private final ArrayDeque<StreamEvent> ready = new ArrayDeque<>(4);
    private @Nullable StreamEvent last;

    WholeAnswer(Exchange exchange, OpenAiDialect dialect) {
        this.exchange = exchange;
        this.dialect = dialect;
    }

    @Override
    public StreamEvent next(Deadline deadline) {
        if (last != null) {
            return last;
        }
        if (ready.isEmpty()) {
            switch (exchange.take(deadline)) {
                case Arrival.Bytes arrival -> read(arrival.bytes().getBytes());
                case Arrival.End end -> ready.add(exchange.malformed());
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
            Piece piece = dialect.read(bytes, bytes.length);
            if (piece.end() == null) {
                ready.add(exchange.malformed());
                return;
            }
            if (piece.reasoning() != null) {
                ready.add(new ReasoningDelta(piece.reasoning()));
            }
            if (piece.content() != null) {
                ready.add(new Delta(piece.content()));
            }
            if (piece.usage() != null) {
                ready.add(new UsageReport(piece.usage()));
            }
            ready.add(piece.end());
        } catch (IOException malformed) {
            ready.add(exchange.malformed());
        }
    }

    @Override
    public void close() {
        exchange.cancel();
    }

    /** A call that never went out, because its texts cannot be written. */
    static EngineStream unsendable() {
        Broken broken = new Broken(BreakCause.INVALID, Spent.NOTHING);
        return new EngineStream() {
            @Override
            public StreamEvent next(Deadline deadline) {
                return broken;
            }

            @Override
            public void close() {}
        };
    }
}
