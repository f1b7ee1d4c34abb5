package io.weir.engine.moe;

/**
 * Root-mean-square normalisation with a learned weight (Zhang and Sennrich, 2019), summed in double precision as ggml does. Immutable.
 *
 * @param weight  one per element
 * @param epsilon keeps a row of zeros finite
 */
record Norm(float[] weight, float epsilon) {
    /** Normalises one row from {@code source} into {@code out}; the two may be the same place. */
    void apply(float[] source, int from, float[] out, int to) {
        double sum = 0;
        for (int i = 0; i < weight.length; i++) {
            float value = source[from + i];
            sum += value * value;
        }
        float mean = (float) (sum / weight.length);
        float scale = 1f / (float) Math.sqrt(mean + epsilon);
        for (int i = 0; i < weight.length; i++) {
            out[to + i] = source[from + i] * scale * weight[i];
        }
    }
}
