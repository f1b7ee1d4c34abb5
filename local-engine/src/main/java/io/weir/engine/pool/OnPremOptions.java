package io.weir.engine.pool;

import io.weir.router.EngineId;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which engine the pool drives, and within which bounds. Comes from deploy configuration alone. Its {@code toString} shows no key.
 *
 * @param id the name it has in this gateway
 * @param url its base, e.g. {@code http://127.0.0.1:8001}; a trailing {@code /v1} is taken off
 * @param connections how connections are made and kept
 * @param bounds what one answer may be
 * @param checks how its health is watched
 * @param models what holds where the engine does not say
 * @param apiKey sent as bearer token when the engine wants one, or null
 */
public record OnPremOptions(
        EngineId id, URI url, Connections connections, Bounds bounds, Checks checks, Models models, @Nullable String apiKey) {

    public OnPremOptions {
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException("an engine's URL looks like http://host:port");
        }
        if (url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            throw new IllegalArgumentException("an engine's URL has no credentials, query or fragment");
        }
    }

    /** Everything at its default. */
    public static OnPremOptions of(EngineId id, URI url) {
        return new OnPremOptions(id, url, Connections.DEFAULT, Bounds.DEFAULT, Checks.DEFAULT, Models.DEFAULT, null);
    }

    public OnPremOptions with(Connections other) {
        return new OnPremOptions(id, url, other, bounds, checks, models, apiKey);
    }

    public OnPremOptions with(Bounds other) {
        return new OnPremOptions(id, url, connections, other, checks, models, apiKey);
    }

    public OnPremOptions with(Checks other) {
        return new OnPremOptions(id, url, connections, bounds, other, models, apiKey);
    }

    public OnPremOptions with(Models other) {
        return new OnPremOptions(id, url, connections, bounds, checks, other, apiKey);
    }

    public OnPremOptions withApiKey(@Nullable String other) {
        return new OnPremOptions(id, url, connections, bounds, checks, models, other);
    }

    @Override
    public String toString() {
        return "OnPremOptions[id=" + id + ", connections=" + connections + ", bounds=" + bounds + ", checks=" + checks + ", models=" + models
                + ", apiKey=" + (apiKey == null ? "none" : "[REDACTED]") + "]";
    }

    /**
     * How connections are made and kept.
     *
     * @param connectTimeout until a TCP or TLS connection stands
     * @param size most connections at a time, so most calls at a time
     * @param queue most calls waiting for a connection; one more is refused at once
     * @param queueWait longest wait for a connection
     * @param keepAlive how long an idle connection is kept: shorter than the five seconds after which uvicorn (vLLM, SGLang) and
     *     llama-server close theirs, so that no call meets a connection that is just being closed
     */
    public record Connections(Duration connectTimeout, int size, int queue, Duration queueWait, Duration keepAlive) {

        public static final Connections DEFAULT =
                new Connections(Duration.ofSeconds(2), 1_024, 1_024, Duration.ofSeconds(30), Duration.ofSeconds(3));

        public Connections {
            requirePositive(connectTimeout, queueWait);
            if (size < 1 || queue < 0 || keepAlive.toSeconds() < 1) {
                throw new IllegalArgumentException("an engine's pool has at least one connection, kept for at least a second");
            }
        }
    }

    /**
     * What one answer may be; more is malformed.
     *
     * @param wholeBytes the body of an answer asked for whole
     * @param lineBytes one line, and one event, of a stream
     * @param headerBytes all response headers together
     */
    public record Bounds(int wholeBytes, int lineBytes, int headerBytes) {

        public static final Bounds DEFAULT = new Bounds(8 * 1024 * 1024, 64 * 1024, 16 * 1024);

        public Bounds {
            if (wholeBytes < 1 || lineBytes < 1 || headerBytes < 1) {
                throw new IllegalArgumentException("the bounds of an answer are positive");
            }
        }
    }

    /**
     * How an engine's health is watched.
     *
     * @param period between two looks
     * @param timeout after which one look counts as unanswered
     */
    public record Checks(Duration period, Duration timeout) {

        public static final Checks DEFAULT = new Checks(Duration.ofSeconds(1), Duration.ofSeconds(1));

        public Checks {
            requirePositive(period, timeout);
        }
    }

    /**
     * What holds where the engine does not say.
     *
     * @param contextWindow tokens, where the model list names none
     * @param maxOutputTokens the most one answer may have, or null for half the context window, at most 4,096
     */
    public record Models(int contextWindow, @Nullable Integer maxOutputTokens) {

        public static final Models DEFAULT = new Models(4_096, null);

        public Models {
            if (contextWindow < 1 || (maxOutputTokens != null && maxOutputTokens < 1)) {
                throw new IllegalArgumentException("a model's limits are at least one token");
            }
        }
    }

    private static void requirePositive(Duration... durations) {
        for (Duration duration : durations) {
            if (!duration.isPositive()) {
                throw new IllegalArgumentException("an engine's time-outs are positive");
            }
        }
    }
}
