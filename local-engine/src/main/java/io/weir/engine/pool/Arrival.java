package io.weir.engine.pool;

import io.vertx.core.buffer.Buffer;
import io.weir.router.stream.StreamEvent.Broken;

/** What the reader of an {@link Exchange} takes. */
sealed interface Arrival {

    /** A piece of the body, or all of it. */
    record Bytes(Buffer bytes) implements Arrival {}

    /** The body is over. */
    record End() implements Arrival {}

    /** There is no more. */
    record Failed(Broken broken) implements Arrival {}
}
