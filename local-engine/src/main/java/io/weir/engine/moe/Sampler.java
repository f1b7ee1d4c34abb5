package io.weir.engine.moe;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses tokens from logits for one sequence: greedy, or temperature with top-k and top-p (nucleus sampling, Holtzman et al., arXiv 1904.09751).
 * Guarantees: the same seed and the same logits give the same tokens; equal logits go to the lower token id. Used by one lane at a time.
 */
final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
    }

    /** The next token from {@code logits[from .. from + count)}, never the {@code forbidden} one (-1 forbids none). */
    int next(float[] logits, int from, int count, int forbidden) {
        return sampling.temperature() == 0 ? likeliest(logits, from, count, forbidden) : draw(logits, from, count, forbidden);
    }

    private static int likeliest(float[] logits, int from, int count, int forbidden) {
        int best = -1;
        for (int i = 0; i < count; i++) {
            if (i != forbidden && (best < 0 || logits[from + i] > logits[from + best])) {
                best = i;
            }
        }
        return best;
    }

    private int draw(float[] logits, int from, int count, int forbidden) {
        float max = logits[from + likeliest(logits, from, count, forbidden)];
        double[] weights = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = i == forbidden ? 0 : Math.exp((logits[from + i] - max) / sampling.temperature());
            total += weights[i];
        }
        if (sampling.topK() > 0 || sampling.topP() < 1) {
            total = keepNucleus(weights, total);
        }
        double left = random.nextDouble() * total;
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** Zeroes all but the likeliest tokens that top-k and top-p leave (ties at the edge stay in), and returns the sum of what is left. */
    private double keepNucleus(double[] weights, double total) {
        int limit = sampling.topK() > 0 ? Math.min(sampling.topK(), weights.length) : weights.length;
        double[] sorted = weights.clone();
        Arrays.sort(sorted);
        double kept = 0;
        int rank = 0;
        while (rank < limit && kept < sampling.topP() * total) {
            kept += sorted[sorted.length - 1 - rank++];
        }
        double lowest = sorted[sorted.length - rank];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] < lowest ? 0 : weights[i];
            sum += weights[i];
        }
        return sum;
    }
}
