package io.weir.router;

import java.util.List;

/**
 * Answers chat requests: the on-prem pool, Bedrock, a decorator or a simulator. Implementations are thread-safe, retry nothing and log no
 * content.
 */
public interface Engine {

    EngineId id();

    Route route();

    /** The models it serves now, with health; cheap, answered from memory, never blocks. Prices are not the engine's business. */
    List<ServedModel> models();

    /**
     * Starts one call. Never throws for what the engine does: a failure is the stream's first event, a {@code Broken}. Called on a
     * virtual thread; may block until the call is under way. {@code cancel} closes the upstream from any thread.
     */
    EngineStream open(EngineCall call, Permit permit, CancelToken cancel);
}
