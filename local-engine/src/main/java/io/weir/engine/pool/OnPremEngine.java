package io.weir.engine.pool;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.weir.router.CancelToken;
import io.weir.router.Engine;
import io.weir.router.EngineCall;
import io.weir.router.EngineId;
import io.weir.router.EngineStream;
import io.weir.router.Permit;
import io.weir.router.Route;
import io.weir.router.ServedModel;
import io.weir.router.Tasks;
import io.weir.router.Ticker;
import java.io.IOException;
import java.util.List;

/**
 * An engine on our own premises, given by URL, that speaks OpenAI's chat completions: vLLM, SGLang, llama-server or the embedded engine. Thread-safe.
 *
 * <p>{@link #open} does not wait: it hands the call to the upstream's event loop. The stream's {@code next} waits there for one thing at a time and
 * is meant for a virtual thread. Nothing is sent twice, no redirect is followed, nothing is logged but the engine's health. A call that never got
 * its connection cost nothing; from then on only the engine's own refusals did.
 */
public final class OnPremEngine implements Engine, AutoCloseable {

    private final OnPremOptions options;
    private final Upstream upstream;
    private final ModelWatch watch;
    private final Ticker ticker;

    /**
     * Makes the pool, connects nowhere yet.
     *
     * @param vertx shared with the gateway; every connection lives on the event loop of the context this is called in, or on one of its own
     * @param options which engine, within which bounds
     * @param ticker the one deadlines are made with
     * @param tasks runs the health checks
     */
    public OnPremEngine(Vertx vertx, OnPremOptions options, Ticker ticker, Tasks tasks) {
        this.options = options;
        this.ticker = ticker;
        upstream = new Upstream(vertx, options);
        watch = new ModelWatch(upstream, options, tasks);
    }

    /** Begins to watch the engine's health; before, {@link #models} is empty. */
    public void start() {
        watch.start();
    }

    @Override
    public EngineId id() {
        return options.id();
    }

    @Override
    public Route route() {
        return Route.ON_PREM;
    }

    @Override
    public List<ServedModel> models() {
        return watch.models();
    }

    @Override
    public EngineStream open(EngineCall call, Permit permit, CancelToken cancel) {
        byte[] body;
        try {
            body = upstream.dialect().write(call);
        } catch (IOException notUnicode) {
            return WholeAnswer.unsendable();
        }
        Exchange exchange = new Exchange(upstream, call.delivery(), Buffer.buffer(body), ticker);
        EngineStream answer = switch (call.delivery()) {
            case WHOLE -> new WholeAnswer(exchange, upstream.dialect());
            case STREAM -> new StreamedAnswer(exchange, upstream.dialect(), options.bounds().lineBytes());
        };
        cancel.onCancel(exchange::cancel);
        if (!cancel.isCancelled()) {
            exchange.start();
        }
        return answer;
    }

    /** Ends the health checks and closes every connection: answers under way are cut. */
    @Override
    public void close() {
        watch.close();
        upstream.close();
    }
}
