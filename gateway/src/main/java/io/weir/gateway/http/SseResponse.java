package io.weir.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;

/**
 * The bytes of one response, written straight to Vert.x from a virtual thread. A write waits while the caller reads slower than we write; it
 * returns at once when the caller is gone, which Vert.x reports within milliseconds of FIN or RST.
 */
final class SseResponse {

    /** What may wait for one slow reader: law 8. */
    private static final int QUEUE_BYTES = 64 * 1024;

    private final HttpServerResponse response;
    /** What a writer waits for: set before it looks whether the caller is gone, so that whoever leaves completes it. */
    private volatile CompletableFuture<Void> room = new CompletableFuture<>();
    private volatile boolean gone;

    SseResponse(RoutingContext context, Runnable whenGone) {
        this.response = context.response();
        response.setWriteQueueMaxSize(QUEUE_BYTES);
        context.addEndHandler(end -> {
            if (end.failed()) {
                left(whenGone);
            }
        });
        if (response.closed()) {
            left(whenGone);
        }
    }

    boolean isGone() {
        return gone;
    }

    HttpServerResponse head() {
        return response;
    }

    void write(byte[] bytes) {
        if (gone) {
            return;
        }
        response.write(Buffer.buffer(bytes));
        if (response.writeQueueFull()) {
            awaitRoom();
        }
    }

    void end(byte[] bytes) {
        if (!gone) {
            response.end(Buffer.buffer(bytes));
        }
    }

    private void awaitRoom() {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        room = drained;
        response.drainHandler(ignored -> drained.complete(null));
        if (response.writeQueueFull() && !gone) {
            drained.join();
        }
    }

    private void left(Runnable whenGone) {
        gone = true;
        room.complete(null);
        whenGone.run();
    }
}
