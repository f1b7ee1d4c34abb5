package io.weir.engine.moe;

/**
 * Rows of activations on their way into a {@link Matrix}: the floats, and the same quantised to eight bits a block of 32 with a half-precision
 * scale, exactly as llama.cpp quantises what it multiplies with Q8_0 weights. Reused from batch to batch by one lane; not thread-safe.
 */
final class Activations {
    /** Adding and subtracting 1.5 * 2^23 rounds a float of small magnitude to the nearest integer, ties to even. */
    private static final float ROUND = 12_582_912f;
    private static final float QUANT_MAX = 127f;

    private final float[] plain;
    private final float[] quants;
    private final float[] scales;
    private int rows;
    private int columns;

    Activations(int capacity) {
        this.plain = new float[capacity];
        this.quants = new float[capacity];
        this.scales = new float[capacity / Matrix.BLOCK + 1];
    }

    /** Takes {@code rows} rows of {@code columns} floats from {@code source}; the columns are a multiple of 32. */
    void take(Rows source, int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        for (int r = 0; r < rows; r++) {
            takeRow(source.data(), source.offset() + r * source.stride(), r);
        }
    }

    /** Announces how many rows {@link #takeRow} will fill. */
    void shape(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Takes one row, which may come from anywhere. */
    void takeRow(float[] source, int from, int row) {
        System.arraycopy(source, from, plain, row * columns, columns);
        int blocks = columns / Matrix.BLOCK;
        for (int b = 0; b < blocks; b++) {
            quantise(source, from + b * Matrix.BLOCK, row * columns + b * Matrix.BLOCK, row * blocks + b);
        }
    }

    private void quantise(float[] source, int from, int to, int block) {
        float max = 0;
        for (int i = 0; i < Matrix.BLOCK; i++) {
            max = Math.max(max, Math.abs(source[from + i]));
        }
        float inverse = max == 0 ? 0 : QUANT_MAX / max;
        for (int i = 0; i < Matrix.BLOCK; i++) {
            quants[to + i] = source[from + i] * inverse + ROUND - ROUND;
        }
        scales[block] = Float.float16ToFloat(Float.floatToFloat16(max / QUANT_MAX));
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** [row][column], as they came. */
    float[] plain() {
        return plain;
    }

    /** [row][column], whole numbers from -127 to 127. */
    float[] quants() {
        return quants;
    }

    /** [row][block]. */
    float[] scales() {
        return scales;
    }
}
