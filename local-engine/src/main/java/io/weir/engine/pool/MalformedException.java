package io.weir.engine.pool;

import java.io.IOException;

/** What came is not what the protocol says. Carries neither message nor stack: both could quote content, and nobody reads them. */
final class MalformedException extends IOException {

    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
