package io.weir.engine.pool;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One GET, bounded in time and size, on the connections kept for this. Lives on the upstream's event loop; its caller waits outside. */
final class HealthCheck {

    /** Enough for a list of models; a health page is empty. */
    private static final int BODY_BYTES = 1024 * 1024;

    /** What became of it. */
    sealed interface Result {

        record Answered(int status, byte[] body) implements Result {}

        /** No connection, or it broke. */
        record Refused() implements Result {}

        /** Nothing within the time allowed. */
        record Silent() implements Result {}
    }

    private final Upstream upstream;
    private final String path;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final Buffer body = Buffer.buffer();
    private @Nullable HttpClientRequest request;

    private HealthCheck(Upstream upstream, String path) {
        this.upstream = upstream;
        this.path = path;
    }

    static Result get(Upstream upstream, String path, Duration timeout) {
        HealthCheck check = new HealthCheck(upstream, path);
        try {
            upstream.context().runOnContext(ignored -> check.connect());
            return check.result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            upstream.context().runOnContext(ignored -> check.giveUp());
            return new Result.Silent();
        } catch (ExecutionException | RejectedExecutionException failed) {
            return new Result.Refused();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Result.Silent();
        }
    }

    private void connect() {
        try {
            upstream.checks().request(upstream.get(path)).onSuccess(this::send).onFailure(result::completeExceptionally);
        } catch (IllegalStateException closed) {
            result.completeExceptionally(closed);
        }
    }

    private void send(HttpClientRequest connected) {
        request = connected;
        connected.exceptionHandler(result::completeExceptionally);
        if (result.isDone()) {
            connected.reset();
            return;
        }
        connected.send().onSuccess(this::read).onFailure(result::completeExceptionally);
    }

    private void read(HttpClientResponse response) {
        response.headers().remove("keep-alive");
        response.exceptionHandler(result::completeExceptionally)
                .handler(bytes -> {
                    if (body.length() + bytes.length() > BODY_BYTES) {
                        giveUp();
                    } else {
                        body.appendBuffer(bytes);
                    }
                })
                .endHandler(ignored -> result.complete(new Result.Answered(response.statusCode(), body.getBytes())));
    }

    /** A connection is only given up while its answer is not over: afterwards it may carry another one. */
    private void giveUp() {
        if (result.complete(new Result.Silent()) && request != null) {
            request.reset();
        }
    }
}
