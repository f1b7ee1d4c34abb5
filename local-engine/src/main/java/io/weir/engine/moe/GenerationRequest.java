package io.weir.engine.moe;

import java.util.List;

/**
 * What to generate.
 *
 * @param prompt    token ids, at least one, fewer than the context holds
 * @param limits    when to end
 * @param sampling  how tokens are chosen
 * @param stops     the answer ends before the first of these texts
 * @param priority  lower goes first among waiting requests, as in vLLM
 */
record GenerationRequest(int[] prompt, Limits limits, Sampling sampling, List<String> stops, int priority) {
    /**
     * @param tokensMax  tokens to generate at most, the end token included
     * @param tokensMin  the end token is not chosen before this many
     * @param endIgnored an end token is generated like any other (for load tests, as vLLM's {@code ignore_eos})
     */
    record Limits(int tokensMax, int tokensMin, boolean endIgnored) {}

    @Override
    public String toString() {
        return "GenerationRequest[prompt of " + prompt.length + " tokens, " + limits + "]";
    }
}
