package io.weir.engine.moe;

/**
 * Rotary positions on interleaved pairs (Su et al., arXiv 2104.09864): elements 2i and 2i+1 turn by position * base^(-2i/n). The angles of all
 * positions are computed once, at load, the way ggml computes them. Immutable.
 */
final class Rope {
    private final int pairs;
    private final float[] cosines;
    private final float[] sines;

    Rope(ModelShape shape) {
        this.pairs = shape.headRope() / 2;
        this.cosines = new float[shape.contextLength() * pairs];
        this.sines = new float[shape.contextLength() * pairs];
        float step = (float) Math.pow(shape.ropeBase(), -2.0 / shape.headRope());
        for (int position = 0; position < shape.contextLength(); position++) {
            float angle = position;
            for (int i = 0; i < pairs; i++) {
                cosines[position * pairs + i] = (float) Math.cos(angle);
                sines[position * pairs + i] = (float) Math.sin(angle);
                angle *= step;
            }
        }
    }

    /** Turns the {@code 2 * pairs} elements from {@code at} in place. */
    void rotate(float[] values, int at, int position) {
        for (int i = 0; i < pairs; i++) {
            float cosine = cosines[position * pairs + i];
            float sine = sines[position * pairs + i];
            float even = values[at + 2 * i];
            float odd = values[at + 2 * i + 1];
            values[at + 2 * i] = even * cosine - odd * sine;
            values[at + 2 * i + 1] = even * sine + odd * cosine;
        }
    }
}
