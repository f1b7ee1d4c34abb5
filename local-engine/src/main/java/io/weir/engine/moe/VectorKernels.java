package io.weir.engine.moe;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API (JEP 508), 256 or 512 bits wide as the processor prefers. Loaded only when the module jdk.incubator.vector is there.
 *
 * <p>A lane is a row of the matrix, so nothing is summed across lanes. Weights are widened to floats in registers: products and block sums of
 * eight-bit numbers are whole numbers below 2^24, hence exact in any order, which leaves the JIT several independent chains. A tile of eight or
 * four tokens shares each widened weight, which is what makes a batched prompt faster than single tokens. See {@link Kernels} for the guarantees.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = FLOATS.length() == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final VectorSpecies<Integer> INTS = FLOATS.length() == 16 ? IntVector.SPECIES_512 : IntVector.SPECIES_256;
    private static final int LANES = FLOATS.length();
    private static final int BITS_MIN = 256;
    private static final int TILE = 8;
    private static final int HALF_TILE = 4;

    private VectorKernels() {}

    /** Narrower vectors than 256 bits gain nothing over the loops that the JIT vectorises by itself. */
    static Kernels preferred() {
        return FLOATS.vectorBitSize() >= BITS_MIN ? new VectorKernels() : new ScalarKernels();
    }

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public String name() {
        return "vector-" + FLOATS.vectorBitSize();
    }

    @Override
    public void multiplyQuantised(Matrix.Quantised matrix, Activations input, Rows out) {
        int panels = (matrix.rows() + LANES - 1) / LANES;
        for (int panel = 0; panel < panels; panel++) {
            int t = 0;
            for (; t + TILE <= input.rows(); t += TILE) {
                tile8(matrix, panel, input, t, out);
            }
            for (; t + HALF_TILE <= input.rows(); t += HALF_TILE) {
                tile4(matrix, panel, input, t, out);
            }
            for (; t < input.rows(); t++) {
                tile1(matrix, panel, input, t, out);
            }
        }
    }

    private static FloatVector widen(byte[] values, int at) {
        return (FloatVector) ByteVector.fromArray(BYTES, values, at).castShape(FLOATS, 0);
    }

    private static void tile1(Matrix.Quantised matrix, int panel, Activations input, int t, Rows out) {
        byte[] values = matrix.values();
        float[] quants = input.quants();
        int columns = matrix.columns();
        int blocks = columns / Matrix.BLOCK;
        FloatVector total = FloatVector.zero(FLOATS);
        int at = panel * columns * LANES;
        int q = t * columns;
        for (int b = 0; b < blocks; b++) {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = 0; c < Matrix.BLOCK; c += 4) {
                s0 = widen(values, at).fma(FloatVector.broadcast(FLOATS, quants[q]), s0);
                s1 = widen(values, at + LANES).fma(FloatVector.broadcast(FLOATS, quants[q + 1]), s1);
                s2 = widen(values, at + 2 * LANES).fma(FloatVector.broadcast(FLOATS, quants[q + 2]), s2);
                s3 = widen(values, at + 3 * LANES).fma(FloatVector.broadcast(FLOATS, quants[q + 3]), s3);
                at += 4 * LANES;
                q += 4;
            }
            FloatVector scales = FloatVector.fromArray(FLOATS, matrix.scales(), (panel * blocks + b) * LANES);
            total = total.add(s0.add(s1).add(s2.add(s3)).mul(scales.mul(input.scales()[t * blocks + b])));
        }
        store(total, matrix.rows(), panel, out, t);
    }

    private static void tile4(Matrix.Quantised matrix, int panel, Activations input, int t, Rows out) {
        byte[] values = matrix.values();
        float[] quants = input.quants();
        float[] inputScales = input.scales();
        int columns = matrix.columns();
        int blocks = columns / Matrix.BLOCK;
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector total0 = zero;
        FloatVector total1 = zero;
        FloatVector total2 = zero;
        FloatVector total3 = zero;
        for (int b = 0; b < blocks; b++) {
            FloatVector s0 = zero;
            FloatVector s1 = zero;
            FloatVector s2 = zero;
            FloatVector s3 = zero;
            int at = (panel * columns + b * Matrix.BLOCK) * LANES;
            int q = t * columns + b * Matrix.BLOCK;
            for (int c = 0; c < Matrix.BLOCK; c++) {
                FloatVector w = widen(values, at + c * LANES);
                s0 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c]), s0);
                s1 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + columns]), s1);
                s2 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 2 * columns]), s2);
                s3 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 3 * columns]), s3);
            }
            FloatVector scales = FloatVector.fromArray(FLOATS, matrix.scales(), (panel * blocks + b) * LANES);
            int i = t * blocks + b;
            total0 = total0.add(s0.mul(scales.mul(inputScales[i])));
            total1 = total1.add(s1.mul(scales.mul(inputScales[i + blocks])));
            total2 = total2.add(s2.mul(scales.mul(inputScales[i + 2 * blocks])));
            total3 = total3.add(s3.mul(scales.mul(inputScales[i + 3 * blocks])));
        }
        store(total0, matrix.rows(), panel, out, t);
        store(total1, matrix.rows(), panel, out, t + 1);
        store(total2, matrix.rows(), panel, out, t + 2);
        store(total3, matrix.rows(), panel, out, t + 3);
    }

    private static void tile8(Matrix.Quantised matrix, int panel, Activations input, int t, Rows out) {
        byte[] values = matrix.values();
        float[] quants = input.quants();
        float[] inputScales = input.scales();
        int columns = matrix.columns();
        int blocks = columns / Matrix.BLOCK;
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector total0 = zero;
        FloatVector total1 = zero;
        FloatVector total2 = zero;
        FloatVector total3 = zero;
        FloatVector total4 = zero;
        FloatVector total5 = zero;
        FloatVector total6 = zero;
        FloatVector total7 = zero;
        for (int b = 0; b < blocks; b++) {
            FloatVector s0 = zero;
            FloatVector s1 = zero;
            FloatVector s2 = zero;
            FloatVector s3 = zero;
            FloatVector s4 = zero;
            FloatVector s5 = zero;
            FloatVector s6 = zero;
            FloatVector s7 = zero;
            int at = (panel * columns + b * Matrix.BLOCK) * LANES;
            int q = t * columns + b * Matrix.BLOCK;
            for (int c = 0; c < Matrix.BLOCK; c++) {
                FloatVector w = widen(values, at + c * LANES);
                s0 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c]), s0);
                s1 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + columns]), s1);
                s2 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 2 * columns]), s2);
                s3 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 3 * columns]), s3);
                s4 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 4 * columns]), s4);
                s5 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 5 * columns]), s5);
                s6 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 6 * columns]), s6);
                s7 = w.fma(FloatVector.broadcast(FLOATS, quants[q + c + 7 * columns]), s7);
            }
            FloatVector scales = FloatVector.fromArray(FLOATS, matrix.scales(), (panel * blocks + b) * LANES);
            int i = t * blocks + b;
            total0 = total0.add(s0.mul(scales.mul(inputScales[i])));
            total1 = total1.add(s1.mul(scales.mul(inputScales[i + blocks])));
            total2 = total2.add(s2.mul(scales.mul(inputScales[i + 2 * blocks])));
            total3 = total3.add(s3.mul(scales.mul(inputScales[i + 3 * blocks])));
            total4 = total4.add(s4.mul(scales.mul(inputScales[i + 4 * blocks])));
            total5 = total5.add(s5.mul(scales.mul(inputScales[i + 5 * blocks])));
            total6 = total6.add(s6.mul(scales.mul(inputScales[i + 6 * blocks])));
            total7 = total7.add(s7.mul(scales.mul(inputScales[i + 7 * blocks])));
        }
        store(total0, matrix.rows(), panel, out, t);
        store(total1, matrix.rows(), panel, out, t + 1);
        store(total2, matrix.rows(), panel, out, t + 2);
        store(total3, matrix.rows(), panel, out, t + 3);
        store(total4, matrix.rows(), panel, out, t + 4);
        store(total5, matrix.rows(), panel, out, t + 5);
        store(total6, matrix.rows(), panel, out, t + 6);
        store(total7, matrix.rows(), panel, out, t + 7);
    }

    private static void store(FloatVector total, int rows, int panel, Rows out, int t) {
        int at = out.offset() + t * out.stride() + panel * LANES;
        int left = rows - panel * LANES;
        if (left >= LANES) {
            total.intoArray(out.data(), at);
        } else {
            VectorMask<Float> mask = FLOATS.indexInRange(0, left);
            total.intoArray(out.data(), at, mask);
        }
    }

    @Override
    public void multiplyPlain(Matrix.Plain matrix, Activations input, Rows out) {
        float[] values = matrix.values();
        float[] plain = input.plain();
        int columns = matrix.columns();
        for (int panel = 0; panel * LANES < matrix.rows(); panel++) {
            for (int t = 0; t < input.rows(); t++) {
                FloatVector total = FloatVector.zero(FLOATS);
                for (int c = 0; c < columns; c++) {
                    total = total.add(FloatVector.fromArray(FLOATS, values, (panel * columns + c) * LANES).mul(plain[t * columns + c]));
                }
                store(total, matrix.rows(), panel, out, t);
            }
        }
    }

    @Override
    public void scores(Rows query, float[] keys, float[] out, int outOffset) {
        float[] values = query.data();
        for (int j = 0; j < KvCache.PAGE; j += 4 * LANES) {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int d = 0; d < query.stride(); d++) {
                FloatVector value = FloatVector.broadcast(FLOATS, values[query.offset() + d]);
                int at = d * KvCache.PAGE + j;
                s0 = s0.add(FloatVector.fromArray(FLOATS, keys, at).mul(value));
                s1 = s1.add(FloatVector.fromArray(FLOATS, keys, at + LANES).mul(value));
                s2 = s2.add(FloatVector.fromArray(FLOATS, keys, at + 2 * LANES).mul(value));
                s3 = s3.add(FloatVector.fromArray(FLOATS, keys, at + 3 * LANES).mul(value));
            }
            s0.intoArray(out, outOffset + j);
            s1.intoArray(out, outOffset + j + LANES);
            s2.intoArray(out, outOffset + j + 2 * LANES);
            s3.intoArray(out, outOffset + j + 3 * LANES);
        }
    }

    @Override
    public void addWeighted(Rows out, float[] latents, float[] weights, int weightsOffset, int count) {
        int width = out.stride();
        int d = 0;
        for (; d + 4 * LANES <= width; d += 4 * LANES) {
            addWeighted4(new Rows(out.data(), out.offset() + d, width), d, latents, new Rows(weights, weightsOffset, count));
        }
        for (; d < width; d += LANES) {
            FloatVector sum = FloatVector.fromArray(FLOATS, out.data(), out.offset() + d);
            for (int j = 0; j < count; j++) {
                sum = sum.add(FloatVector.fromArray(FLOATS, latents, j * width + d).mul(weights[weightsOffset + j]));
            }
            sum.intoArray(out.data(), out.offset() + d);
        }
    }

    /** Four registers' width of {@link #addWeighted}, beginning at column d: four chains hide the latency of the additions. */
    private static void addWeighted4(Rows out, int d, float[] latents, Rows weights) {
        float[] sum = out.data();
        int at = out.offset();
        FloatVector s0 = FloatVector.fromArray(FLOATS, sum, at);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sum, at + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sum, at + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sum, at + 3 * LANES);
        for (int j = 0; j < weights.stride(); j++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, weights.data()[weights.offset() + j]);
            int from = j * out.stride() + d;
            s0 = s0.add(FloatVector.fromArray(FLOATS, latents, from).mul(weight));
            s1 = s1.add(FloatVector.fromArray(FLOATS, latents, from + LANES).mul(weight));
            s2 = s2.add(FloatVector.fromArray(FLOATS, latents, from + 2 * LANES).mul(weight));
            s3 = s3.add(FloatVector.fromArray(FLOATS, latents, from + 3 * LANES).mul(weight));
        }
        s0.intoArray(sum, at);
        s1.intoArray(sum, at + LANES);
        s2.intoArray(sum, at + 2 * LANES);
        s3.intoArray(sum, at + 3 * LANES);
    }

    @Override
    public void exp(float[] values, int offset, int count) {
        int i = offset;
        for (; i + LANES <= offset + count; i += LANES) {
            exp(FloatVector.fromArray(FLOATS, values, i)).intoArray(values, i);
        }
        for (; i < offset + count; i++) {
            values[i] = Exponential.of(values[i]);
        }
    }

    @Override
    public void gatedSilu(float[] gate, float[] up, int count) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector silu = x.div(exp(x.neg()).add(1f));
            silu.mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
        for (; i < count; i++) {
            gate[i] = Exponential.silu(gate[i]) * up[i];
        }
    }

    /** {@link Exponential#of} on a whole vector, operation by operation. */
    private static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(Exponential.LOWEST).min(Exponential.HIGHEST);
        FloatVector n = clamped.mul(Exponential.LOG2_E).add(Exponential.ROUND).sub(Exponential.ROUND);
        FloatVector r = clamped.sub(n.mul(Exponential.LN2_HIGH)).sub(n.mul(Exponential.LN2_LOW));
        FloatVector p = r.mul(Exponential.P0).add(Exponential.P1).mul(r).add(Exponential.P2).mul(r).add(Exponential.P3)
                .mul(r).add(Exponential.P4).mul(r).add(Exponential.P5);
        FloatVector mantissa = p.mul(r.mul(r)).add(r).add(1f);
        IntVector exponent = ((IntVector) n.convertShape(VectorOperators.F2I, INTS, 0)).add(Exponential.EXPONENT_BIAS);
        FloatVector power = exponent.lanewise(VectorOperators.LSHL, Exponential.MANTISSA_BITS).reinterpretAsFloats();
        return mantissa.mul(power).blend(0f, x.lt(Exponential.LOWEST));
    }
}
