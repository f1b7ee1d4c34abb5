package io.weir.engine.moe;

/** Why a generation ended. */
enum FinishReason {
    /** The model ended its answer, or a stop string matched. */
    STOP,
    /** The token limit or the end of the context was reached. */
    LENGTH,
    /** The caller gave up; nobody is told. */
    CANCELLED,
    /** The engine failed or is shutting down. */
    FAILED
}
