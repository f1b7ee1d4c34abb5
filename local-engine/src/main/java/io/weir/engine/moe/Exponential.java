package io.weir.engine.moe;

/**
 * The constants of exp(x) = 2^n * P(x - n ln 2), in single precision, with the polynomial of Cephes' {@code expf} (Moshier); relative error
 * below 2e-7 over the range. Shared by both kernels so that they give the same bits.
 */
final class Exponential {
    static final float LOWEST = -87f;
    static final float HIGHEST = 87f;
    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** See {@link Activations}: rounds to the nearest whole number. */
    static final float ROUND = 12_582_912f;
    static final float P0 = 1.9875691500e-4f;
    static final float P1 = 1.3981999507e-3f;
    static final float P2 = 8.3334519073e-3f;
    static final float P3 = 4.1665795894e-2f;
    static final float P4 = 1.6666665459e-1f;
    static final float P5 = 5.0000001201e-1f;
    static final int EXPONENT_BIAS = 127;
    static final int MANTISSA_BITS = 23;

    private Exponential() {}

    /** exp(x); 0 below {@link #LOWEST}, and x is taken as {@link #HIGHEST} above it. */
    static float of(float x) {
        float clamped = Math.min(Math.max(x, LOWEST), HIGHEST);
        float n = clamped * LOG2_E + ROUND - ROUND;
        float r = clamped - n * LN2_HIGH - n * LN2_LOW;
        float p = ((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5;
        float mantissa = p * (r * r) + r + 1f;
        float power = Float.intBitsToFloat(((int) n + EXPONENT_BIAS) << MANTISSA_BITS);
        return x < LOWEST ? 0f : mantissa * power;
    }

    /** x * sigmoid(x). */
    static float silu(float x) {
        return x / (1f + of(-x));
    }
}
