package io.weir.engine.moe;

import java.util.Arrays;

/** Kernels in plain loops, shaped so that the JIT compiler can vectorise the innermost ones. Needs no module; see {@link Kernels} for what it guarantees. */
final class ScalarKernels implements Kernels {
    private static final int LANES = 64;

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void multiplyQuantised(Matrix.Quantised matrix, Activations input, Rows out) {
        int blocks = matrix.columns() / Matrix.BLOCK;
        float[] sums = new float[LANES];
        float[] totals = new float[LANES];
        for (int panel = 0; panel * LANES < matrix.rows(); panel++) {
            for (int t = 0; t < input.rows(); t++) {
                Arrays.fill(totals, 0);
                for (int b = 0; b < blocks; b++) {
                    int weights = (panel * matrix.columns() + b * Matrix.BLOCK) * LANES;
                    blockSums(matrix.values(), weights, input.quants(), t * input.columns() + b * Matrix.BLOCK, sums);
                    float scale = input.scales()[t * blocks + b];
                    int scales = (panel * blocks + b) * LANES;
                    for (int r = 0; r < LANES; r++) {
                        totals[r] += sums[r] * (matrix.scales()[scales + r] * scale);
                    }
                }
                store(totals, matrix.rows() - panel * LANES, out.data(), out.offset() + t * out.stride() + panel * LANES);
            }
        }
    }

    /** Whole numbers below 2^24, so floats hold them exactly; and the JIT vectorises bytes times floats, but not bytes times ints. */
    private static void blockSums(byte[] weights, int from, float[] quants, int quantsFrom, float[] sums) {
        Arrays.fill(sums, 0);
        for (int c = 0; c < Matrix.BLOCK; c += 4) {
            float q0 = quants[quantsFrom + c];
            float q1 = quants[quantsFrom + c + 1];
            float q2 = quants[quantsFrom + c + 2];
            float q3 = quants[quantsFrom + c + 3];
            int at = from + c * LANES;
            for (int r = 0; r < LANES; r++) {
                sums[r] += weights[at + r] * q0 + weights[at + LANES + r] * q1 + weights[at + 2 * LANES + r] * q2 + weights[at + 3 * LANES + r] * q3;
            }
        }
    }

    @Override
    public void multiplyPlain(Matrix.Plain matrix, Activations input, Rows out) {
        float[] totals = new float[LANES];
        for (int panel = 0; panel * LANES < matrix.rows(); panel++) {
            for (int t = 0; t < input.rows(); t++) {
                Arrays.fill(totals, 0);
                for (int c = 0; c < matrix.columns(); c++) {
                    float value = input.plain()[t * input.columns() + c];
                    int at = (panel * matrix.columns() + c) * LANES;
                    for (int r = 0; r < LANES; r++) {
                        totals[r] += matrix.values()[at + r] * value;
                    }
                }
                store(totals, matrix.rows() - panel * LANES, out.data(), out.offset() + t * out.stride() + panel * LANES);
            }
        }
    }

    private static void store(float[] totals, int rowsLeft, float[] out, int at) {
        System.arraycopy(totals, 0, out, at, Math.min(LANES, rowsLeft));
    }

    @Override
    public void scores(Rows query, float[] keys, float[] out, int outOffset) {
        Arrays.fill(out, outOffset, outOffset + KvCache.PAGE, 0);
        for (int d = 0; d < query.stride(); d++) {
            float value = query.data()[query.offset() + d];
            int at = d * KvCache.PAGE;
            for (int j = 0; j < KvCache.PAGE; j++) {
                out[outOffset + j] += keys[at + j] * value;
            }
        }
    }

    @Override
    public void addWeighted(Rows out, float[] latents, float[] weights, int weightsOffset, int count) {
        float[] sum = out.data();
        int width = out.stride();
        for (int j = 0; j < count; j++) {
            float weight = weights[weightsOffset + j];
            int at = j * width;
            for (int d = 0; d < width; d++) {
                sum[out.offset() + d] += latents[at + d] * weight;
            }
        }
    }

    @Override
    public void exp(float[] values, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            values[i] = Exponential.of(values[i]);
        }
    }

    @Override
    public void gatedSilu(float[] gate, float[] up, int count) {
        for (int i = 0; i < count; i++) {
            gate[i] = Exponential.silu(gate[i]) * up[i];
        }
    }
}
