package io.weir.engine.pool;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.weir.router.EngineCall.Delivery;
import java.net.URI;

/**
 * The way to one engine: its address, its connections and the one event loop on which all of them live. Everything that touches a connection
 * runs there, so that nothing hops between loops and a connection's end is never seen late.
 */
final class Upstream implements AutoCloseable {

    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    /** One status line; ours are below a hundred bytes. */
    private static final int STATUS_LINE_BYTES = 4 * 1024;
    /** What one read can bring, and the kernel holds, for a reader that stalls. Netty keeps buffers of this size for reuse. */
    private static final int RECEIVE_BYTES = 32 * 1024;
    /** Health checks have their own connections: calls that fill the pool must not make an engine look dead. */
    private static final int CHECK_CONNECTIONS = 2;

    private final Context context;
    private final HttpClient calls;
    private final HttpClient checks;
    private final OnPremOptions options;
    private final OpenAiDialect dialect;
    private final RequestOptions whole;
    private final RequestOptions stream;

    /** Called on a thread that is none of Vert.x' workers. */
    Upstream(Vertx vertx, OnPremOptions options) {
        this.options = options;
        dialect = new OpenAiDialect(options.bounds().wholeBytes());
        context = vertx.getOrCreateContext();
        if (!context.isEventLoopContext()) {
            throw new IllegalStateException("an engine's pool is made on an event loop or outside of Vert.x, not on a worker");
        }
        OnPremOptions.Connections connections = options.connections();
        calls = client(vertx, options, new PoolOptions().setHttp1MaxSize(connections.size()).setMaxWaitQueueSize(connections.queue()));
        checks = client(vertx, options, new PoolOptions().setHttp1MaxSize(CHECK_CONNECTIONS).setMaxWaitQueueSize(CHECK_CONNECTIONS));
        whole = template(HttpMethod.POST, "/v1/chat/completions", JSON);
        stream = template(HttpMethod.POST, "/v1/chat/completions", EVENTS);
    }

    private static HttpClient client(Vertx vertx, OnPremOptions options, PoolOptions pool) {
        OnPremOptions.Connections connections = options.connections();
        HttpClientOptions http = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(Math.toIntExact(connections.connectTimeout().toMillis()))
                .setKeepAlive(true)
                .setKeepAliveTimeout(Math.toIntExact(connections.keepAlive().toSeconds()))
                .setPipelining(false)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(options.bounds().headerBytes())
                .setMaxInitialLineLength(STATUS_LINE_BYTES)
                .setReceiveBufferSize(RECEIVE_BYTES)
                .setTcpNoDelay(true);
        HttpClient client = vertx.createHttpClient(http, pool);
        // Vert.x logs what no handler takes, and a decoder's message quotes what the engine sent.
        client.connectionHandler(connection -> connection.exceptionHandler(failure -> {}));
        return client;
    }

    private RequestOptions template(HttpMethod method, String path, String accept) {
        URI url = options.url();
        boolean ssl = "https".equals(url.getScheme());
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setHost(url.getHost())
                .setPort(url.getPort() >= 0 ? url.getPort() : ssl ? HTTPS_PORT : HTTP_PORT)
                .setSsl(ssl)
                .setURI(prefix(url) + path)
                .setFollowRedirects(false)
                .setConnectTimeout(options.connections().queueWait().toMillis())
                .putHeader("accept", accept);
        if (method == HttpMethod.POST) {
            request.putHeader("content-type", JSON);
        }
        if (options.apiKey() != null) {
            request.putHeader("authorization", "Bearer " + options.apiKey());
        }
        return request;
    }

    private static String prefix(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.endsWith("/v1") ? path.substring(0, path.length() - "/v1".length()) : path;
    }

    Context context() {
        return context;
    }

    HttpClient calls() {
        return calls;
    }

    HttpClient checks() {
        return checks;
    }

    OpenAiDialect dialect() {
        return dialect;
    }

    /** On the event loop, after a while. */
    void later(long millis, Runnable step) {
        context.owner().setTimer(millis, ignored -> step.run());
    }

    OnPremOptions.Bounds bounds() {
        return options.bounds();
    }

    RequestOptions chat(Delivery delivery) {
        return switch (delivery) {
            case WHOLE -> whole;
            case STREAM -> stream;
        };
    }

    RequestOptions get(String path) {
        return template(HttpMethod.GET, path, JSON);
    }

    /** Whether a body is of the type asked for and not compressed, which was not asked for. */
    static boolean answersAsAsked(HttpClientResponse answer, Delivery delivery) {
        String wanted = switch (delivery) {
            case WHOLE -> JSON;
            case STREAM -> EVENTS;
        };
        String type = answer.getHeader("content-type");
        String coding = answer.getHeader("content-encoding");
        return type != null
                && type.regionMatches(true, 0, wanted, 0, wanted.length())
                && (type.length() == wanted.length() || type.charAt(wanted.length()) == ';' || type.charAt(wanted.length()) == ' ')
                && (coding == null || coding.equalsIgnoreCase("identity"));
    }

    @Override
    public void close() {
        calls.close();
        checks.close();
    }
}
