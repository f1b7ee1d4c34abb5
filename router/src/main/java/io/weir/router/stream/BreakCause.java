package io.weir.router.stream;

/** Why an engine's answer ended early. */
public enum BreakCause {
    /** No connection could be made. */
    UNREACHABLE(true),
    /** The engine asks for fewer requests. */
    THROTTLED(true),
    /** The engine is up but cannot take more, or is loading. */
    UNAVAILABLE(true),
    /** The engine failed inside. */
    SERVER_ERROR(true),
    /** The engine does not take this request; asking again does not help. */
    INVALID(false),
    /** The prompt does not fit the model's context window. */
    CONTEXT_EXCEEDED(false),
    /** The engine does not accept our credentials or knows no such model. */
    DENIED(true),
    /** What came is not what the protocol says. */
    MALFORMED(true),
    /** The connection ended in the middle. */
    CUT(true),
    /** The deadline passed. */
    TIMED_OUT(true),
    /** We let go: the caller is gone or the lease is lost. */
    CANCELLED(false);

    private final boolean retriable;

    BreakCause(boolean retriable) {
        this.retriable = retriable;
    }

    /** Whether another engine may be asked, as long as no delta was delivered. */
    public boolean retriable() {
        return retriable;
    }
}
