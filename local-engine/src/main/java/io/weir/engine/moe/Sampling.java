package io.weir.engine.moe;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 takes the likeliest token, above that divides the logits
 * @param topP        only the likeliest tokens that together reach this probability take part; 1 takes all
 * @param topK        only this many of the likeliest take part; 0 takes all
 * @param seed        the same seed on the same prompt draws the same tokens
 */
record Sampling(float temperature, float topP, int topK, long seed) {
    Sampling {
        if (!(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature must be between 0 and 2");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p must be above 0 and at most 1");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top_k must not be negative");
        }
    }

    static Sampling greedy() {
        return new Sampling(0, 1, 0, 0);
    }
}
