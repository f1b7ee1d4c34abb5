package io.weir.engine.moe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries one answer from its lane to its client. The lane calls the listener; everything else happens on the connection's event loop. A client that
 * goes away cancels the generation before its next token; one that reads slowly pauses it, and for too long loses it.
 */
final class Delivery implements GenerationListener {
    /** A reader that takes nothing for this long is given up, so that it does not keep a place and a cache. */
    private static final long STALLED_MILLIS = 60_000;
    /** Bytes that may wait for a slow reader before its generation pauses. */
    private static final int WRITE_QUEUE_BYTES = 64 * 1024;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final Scheduler scheduler;
    private final Call call;
    private final Answer answer;
    private @Nullable Sequence sequence;
    private boolean open = true;
    private boolean paused;

    Delivery(Vertx vertx, HttpServerResponse response, Scheduler scheduler, Call call, Answer answer) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = response;
        this.scheduler = scheduler;
        this.call = call;
        this.answer = answer;
    }

    /** Submits the generation and stays with it to its end. On the event loop. */
    void start() {
        if (response.closed()) {
            return;
        }
        response.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        response.exceptionHandler(broken -> gone());
        response.closeHandler(closed -> gone());
        sequence = scheduler.submit(call.generation(), this);
        if (sequence == null) {
            open = false;
            Responses.error(response, ApiException.busy());
        }
    }

    private void gone() {
        if (open && sequence != null) {
            scheduler.cancel(sequence);
        }
        open = false;
    }

    @Override
    public void token(int token, String text, Progress progress) {
        context.runOnContext(turn -> {
            if (open && call.streaming().streamed()) {
                if (!response.headWritten()) {
                    begin(progress);
                }
                write(answer.token(token, text, progress));
            } else if (open) {
                answer.token(token, text, progress);
            }
        });
    }

    @Override
    public void finished(FinishReason reason, String text, Progress progress) {
        context.runOnContext(turn -> {
            if (open) {
                open = false;
                end(reason, text, progress);
            }
        });
    }

    private void end(FinishReason reason, String text, Progress progress) {
        switch (reason) {
            case STOP, LENGTH -> {
                if (call.streaming().streamed()) {
                    write(answer.closing(reason, text, progress));
                    response.end("data: [DONE]\n\n");
                } else {
                    Responses.json(response, 200, answer.whole(reason, text, progress));
                }
            }
            case FAILED -> {
                ApiException failure = new ApiException(500, "InternalServerError", "The engine failed or is stopping.");
                if (response.headWritten()) {
                    response.end("data: " + Json.write(Responses.body(failure)) + "\n\n");
                } else {
                    Responses.error(response, failure);
                }
            }
            case CANCELLED -> response.reset();
        }
    }

    private void begin(Progress progress) {
        response.setStatusCode(200).setChunked(true)
                .putHeader("content-type", "text/event-stream; charset=utf-8")
                .putHeader("cache-control", "no-cache");
        write(answer.opening(progress));
    }

    private void write(List<ObjectNode> chunks) {
        if (chunks.isEmpty()) {
            return;
        }
        StringBuilder events = new StringBuilder();
        for (ObjectNode chunk : chunks) {
            events.append("data: ").append(Json.write(chunk)).append("\n\n");
        }
        response.write(events.toString());
        if (open && !paused && response.writeQueueFull() && sequence != null) {
            pause(sequence);
        }
    }

    private void pause(Sequence generation) {
        paused = true;
        scheduler.pause(generation);
        long timer = vertx.setTimer(STALLED_MILLIS, late -> {
            if (open) {
                gone();
                response.reset();
            }
        });
        response.drainHandler(drained -> {
            vertx.cancelTimer(timer);
            paused = false;
            scheduler.resume(generation);
        });
    }
}
