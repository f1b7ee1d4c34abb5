package io.weir.engine.moe;

import java.util.List;

/**
 * A request for an answer, checked and ready to run.
 *
 * @param prompt     the text given to the model
 * @param tools      the tools that were offered and may be called; empty when none
 */
record Call(Kind kind, Streaming streaming, GenerationRequest generation, String prompt, List<Object> tools) {
    /** Which endpoint was called. */
    enum Kind { CHAT, COMPLETION }

    /**
     * How the answer is delivered.
     *
     * @param streamed        as server-sent events
     * @param usageAtEnd      a last event with the counts
     * @param usageEverywhere the counts so far in every event
     * @param tokenIds        the ids of the generated tokens too
     */
    record Streaming(boolean streamed, boolean usageAtEnd, boolean usageEverywhere, boolean tokenIds) {}

    @Override
    public String toString() {
        return "Call[" + kind + ", " + generation + "]";
    }
}
