package io.weir.engine.moe;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A weight matrix, repacked at load for the kernels: rows are grouped into panels of {@code lanes} rows, and inside a panel the same column of all
 * its rows lies together. One vector register then holds one column of a panel, each lane sums its own row, and nothing is ever summed across
 * lanes. Immutable after loading; read by all lanes at once.
 */
sealed interface Matrix permits Matrix.Quantised, Matrix.Plain {
    /** Elements that share one scale, as in GGUF's Q8_0. */
    int BLOCK = 32;

    int rows();

    int columns();

    /**
     * Eight-bit weights with one scale a block of 32 columns.
     *
     * @param values [panel][column][lane]
     * @param scales [panel][block][lane]
     */
    record Quantised(int rows, int columns, int lanes, byte[] values, float[] scales) implements Matrix {
        /** Writes one row as floats, as an embedding look-up needs it. */
        void copyRow(int row, float[] out, int offset) {
            int panel = row / lanes;
            int lane = row % lanes;
            int blocks = columns / BLOCK;
            for (int c = 0; c < columns; c++) {
                out[offset + c] = scales[(panel * blocks + c / BLOCK) * lanes + lane] * values[(panel * columns + c) * lanes + lane];
            }
        }
    }

    /**
     * Float weights.
     *
     * @param values [panel][column][lane]
     */
    record Plain(int rows, int columns, int lanes, float[] values) implements Matrix {}

    /** Reads matrix number {@code index} of a tensor of two or three dimensions. */
    static Matrix read(GgufFile.Tensor tensor, int index, int lanes) throws IOException {
        int columns = tensor.dimension(0);
        int rows = tensor.dimension(1);
        if (index >= tensor.dimension(2)) {
            throw new IOException("tensor " + tensor.name() + " has too few matrices");
        }
        return switch (tensor.type()) {
            case Q8_0 -> readQuantised(tensor, index, lanes);
            case F32, F16 -> {
                int panels = (rows + lanes - 1) / lanes;
                float[] values = new float[Math.multiplyExact(panels * lanes, columns)];
                float[] source = floats(tensor, (long) index * rows * columns, rows * columns);
                for (int r = 0; r < rows; r++) {
                    for (int c = 0; c < columns; c++) {
                        values[(r / lanes * columns + c) * lanes + r % lanes] = source[r * columns + c];
                    }
                }
                yield new Plain(rows, columns, lanes, values);
            }
        };
    }

    private static Quantised readQuantised(GgufFile.Tensor tensor, int index, int lanes) {
        int columns = tensor.dimension(0);
        int rows = tensor.dimension(1);
        int blocks = columns / BLOCK;
        int panels = (rows + lanes - 1) / lanes;
        byte[] values = new byte[Math.multiplyExact(panels * lanes, columns)];
        float[] scales = new float[panels * lanes * blocks];
        ValueLayout.OfShort half = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment data = tensor.data();
        long at = (long) index * rows * blocks * (Short.BYTES + BLOCK);
        for (int r = 0; r < rows; r++) {
            int panel = r / lanes;
            int lane = r % lanes;
            for (int b = 0; b < blocks; b++, at += Short.BYTES + BLOCK) {
                scales[(panel * blocks + b) * lanes + lane] = Float.float16ToFloat(data.get(half, at));
                for (int c = 0; c < BLOCK; c++) {
                    values[(panel * columns + b * BLOCK + c) * lanes + lane] = data.get(ValueLayout.JAVA_BYTE, at + Short.BYTES + c);
                }
            }
        }
        return new Quantised(rows, columns, lanes, values, scales);
    }

    /** Reads a vector of floats, such as a normalisation weight. */
    static float[] readVector(GgufFile.Tensor tensor, int length) throws IOException {
        if (tensor.dimension(0) != length || tensor.shape().length != 1 || tensor.type() == GgufFile.TensorType.Q8_0) {
            throw new IOException("tensor " + tensor.name() + " is not a vector of " + length + " floats");
        }
        return floats(tensor, 0, length);
    }

    private static float[] floats(GgufFile.Tensor tensor, long first, int count) {
        float[] out = new float[count];
        ValueLayout.OfShort half = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        ValueLayout.OfFloat single = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        boolean halves = tensor.type() == GgufFile.TensorType.F16;
        for (int i = 0; i < count; i++) {
            out[i] = halves
                    ? Float.float16ToFloat(tensor.data().get(half, (first + i) * Short.BYTES))
                    : tensor.data().get(single, (first + i) * Float.BYTES);
        }
        return out;
    }
}
