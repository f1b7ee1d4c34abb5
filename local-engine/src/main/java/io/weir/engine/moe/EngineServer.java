package io.weir.engine.moe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The engine's HTTP interface, in vLLM's manner: {@code /v1/chat/completions}, {@code /v1/completions}, {@code /v1/models}, {@code /tokenize},
 * {@code /health}, {@code /metrics}. One event loop serves all connections; parsing and templates run on two workers, tokens are computed by lanes.
 * Everything is bounded: bodies, requests at once, waiting generations, slow readers.
 */
final class EngineServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());

    /** A context of a few thousand tokens is some tens of kilobytes of text; this leaves room for tools and escapes. */
    static final int BODY_BYTES_MAX = 1 << 20;
    /** Requests being read or answered at once, beyond the queue's own bound: what is parsed must be held in memory. */
    private static final int REQUESTS_MAX = 512;
    /** A body that takes longer is a client that has gone or means harm. */
    private static final long BODY_MILLIS_MAX = 30_000;
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int IDLE_SECONDS = 300;
    /** Bounds what the kernel holds for a reader that has stopped reading. */
    private static final int SEND_BUFFER_BYTES = 64 * 1024;
    private static final int WORKERS = 2;
    private static final long START_SECONDS = 10;
    private static final long IDLE_POLL_MILLIS = 10;
    /** Two seconds: what is left to do then is writing, and a client that does not read may lose the rest. */
    private static final int IDLE_POLLS_MAX = 200;

    private final LoadedModel loaded;
    private final Scheduler scheduler;
    private final EngineMetrics metrics;
    private final CallReader reader;
    private final Surroundings surroundings;
    private final Vertx vertx;
    private final HttpServer server;
    private int requests;

    /**
     * Where time, ids and seeds come from.
     *
     * @param clock wall clock, for {@code created}
     * @param ids   a fresh unique id each time
     * @param seeds for requests that give none
     */
    record Surroundings(InstantSource clock, Supplier<String> ids, LongSupplier seeds) {}

    EngineServer(LoadedModel loaded, Scheduler scheduler, EngineMetrics metrics, Surroundings surroundings) {
        this.loaded = loaded;
        this.scheduler = scheduler;
        this.metrics = metrics;
        this.surroundings = surroundings;
        this.reader = new CallReader(loaded, surroundings.seeds());
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(WORKERS).setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.server = vertx.createHttpServer(new HttpServerOptions().setMaxHeaderSize(HEADER_BYTES_MAX).setIdleTimeout(IDLE_SECONDS)
                        .setHandle100ContinueAutomatically(true).setTcpNoDelay(true).setSendBufferSize(SEND_BUFFER_BYTES))
                .exceptionHandler(broken -> LOG.log(Level.DEBUG, "a connection broke before its request was read"))
                .requestHandler(this::route);
    }

    /** Binds the socket; returns the port, which differs from the one asked for when that was 0. */
    int listen(String host, int port) throws Exception {
        return server.listen(port, host).toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS).actualPort();
    }

    private void route(HttpServerRequest request) {
        String target = request.method() + " " + request.path();
        switch (target) {
            case "GET /health" -> request.response().end();
            case "GET /metrics" -> request.response().putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(metrics.page(loaded.name(), scheduler.load()));
            case "GET /v1/models" -> Responses.json(request.response(), 200, models());
            case "POST /v1/chat/completions" -> withBody(request, body -> generate(request, () -> reader.chat(Json.object(body.getBytes()))));
            case "POST /v1/completions" -> withBody(request, body -> generate(request, () -> reader.completion(Json.object(body.getBytes()))));
            case "POST /tokenize" -> withBody(request, body -> prepare(request, () -> reader.tokenize(Json.object(body.getBytes())),
                    tokens -> Responses.json(request.response(), 200, tokens(tokens))));
            default -> Responses.error(request.response(), request.method() == HttpMethod.GET || request.method() == HttpMethod.POST
                    ? ApiException.notFound("Not Found") : new ApiException(405, "MethodNotAllowedError", "Method Not Allowed"));
        }
    }

    /** Reads the body up to its bound; a longer one is refused and its connection closed. */
    private void withBody(HttpServerRequest request, Consumer<Buffer> use) {
        if (requests >= REQUESTS_MAX) {
            refuse(request, ApiException.busy());
            return;
        }
        requests++;
        request.response().endHandler(ended -> requests--);
        Buffer body = Buffer.buffer();
        long timer = vertx.setTimer(BODY_MILLIS_MAX, late -> request.connection().close());
        request.handler(chunk -> {
            if (body.length() + chunk.length() > BODY_BYTES_MAX) {
                vertx.cancelTimer(timer);
                request.handler(rest -> {}).endHandler(end -> {});
                refuse(request, ApiException.tooLarge("The body is larger than " + BODY_BYTES_MAX + " bytes."));
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            use.accept(body);
        });
    }

    private static void refuse(HttpServerRequest request, ApiException error) {
        request.response().putHeader("connection", "close");
        Responses.error(request.response(), error);
    }

    private void generate(HttpServerRequest request, Callable<Call> read) {
        prepare(request, read, call -> {
            String id = (call.kind() == Call.Kind.CHAT ? "chatcmpl-" : "cmpl-") + surroundings.ids().get();
            Answer answer = new Answer(call, new Answer.Heading(id, surroundings.clock().instant().getEpochSecond(), loaded.name()));
            new Delivery(vertx, request.response(), scheduler, call, answer).start();
        });
    }

    /** Does the reading on a worker and goes on with its result on the event loop. */
    private <T> void prepare(HttpServerRequest request, Callable<T> read, Consumer<T> then) {
        vertx.executeBlocking(read, false).onComplete(then::accept, failure -> {
            if (failure instanceof ApiException error) {
                Responses.error(request.response(), error);
            } else {
                LOG.log(Level.ERROR, "a request could not be read", failure);
                Responses.error(request.response(), new ApiException(500, "InternalServerError", "The engine failed."));
            }
        });
    }

    private ObjectNode models() {
        ObjectNode list = Json.object().put("object", "list");
        list.putArray("data").addObject().put("id", loaded.name()).put("object", "model").put("created", 0).put("owned_by", "weir")
                .put("root", loaded.name()).putNull("parent").put("max_model_len", loaded.model().shape().contextLength());
        return list;
    }

    private ObjectNode tokens(int[] tokens) {
        ObjectNode out = Json.object().put("count", tokens.length).put("max_model_len", loaded.model().shape().contextLength());
        ArrayNode ids = out.putArray("tokens");
        for (int token : tokens) {
            ids.add(token);
        }
        return out.putNull("token_strs");
    }

    /** Lets answers that are complete reach their clients, then closes all connections and the threads of the server. */
    @Override
    public void close() throws Exception {
        Promise<Void> idle = Promise.promise();
        AtomicInteger polls = new AtomicInteger();
        vertx.setPeriodic(1, IDLE_POLL_MILLIS, timer -> {
            if (requests == 0 || polls.incrementAndGet() == IDLE_POLLS_MAX) {
                idle.tryComplete();
            }
        });
        idle.future().toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    }
}
