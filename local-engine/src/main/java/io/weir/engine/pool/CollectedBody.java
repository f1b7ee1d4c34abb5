package io.weir.engine.pool;

import io.vertx.core.buffer.Buffer;

/** A body put together, up to a bound. The usual one comes in one piece and is not copied. Not thread-safe. */
final class CollectedBody {

    private static final Buffer NOTHING = Buffer.buffer(0);

    private final int bound;
    private Buffer bytes = NOTHING;
    private boolean growing;

    CollectedBody(int bound) {
        this.bound = bound;
    }

    /** False where it does not fit. */
    boolean add(Buffer piece) {
        if (piece.length() > bound - bytes.length()) {
            return false;
        }
        if (bytes == NOTHING) {
            bytes = piece;
            return true;
        }
        if (!growing) {
            growing = true;
            bytes = Buffer.buffer(2 * (bytes.length() + piece.length())).appendBuffer(bytes);
        }
        bytes.appendBuffer(piece);
        return true;
    }

    Buffer bytes() {
        return bytes;
    }
}
