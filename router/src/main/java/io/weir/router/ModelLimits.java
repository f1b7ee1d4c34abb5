package io.weir.router;

/**
 * What a model can take and give.
 *
 * @param contextWindow tokens of prompt and answer together
 * @param maxOutputTokens the most tokens one answer may have
 */
public record ModelLimits(int contextWindow, int maxOutputTokens) {

    public ModelLimits {
        if (contextWindow < 1 || maxOutputTokens < 1) {
            throw new IllegalArgumentException("a model's limits are at least one token");
        }
    }
}
