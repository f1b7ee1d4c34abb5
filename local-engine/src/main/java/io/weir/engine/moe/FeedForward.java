package io.weir.engine.moe;

import java.io.IOException;

/**
 * A gated feed-forward network, {@code down(silu(gate(x)) * up(x))} (SwiGLU, Shazeer 2020): the leading dense layers, each expert and the shared
 * expert. Weights are immutable.
 */
record FeedForward(Matrix gate, Matrix up, Matrix down) {
    /** Reads network number {@code index} from the tensors {@code prefix + ffn_{gate,up,down} + suffix}. */
    static FeedForward read(GgufFile file, String prefix, String suffix, int index, int lanes) throws IOException {
        return new FeedForward(Matrix.read(file.tensor(prefix + "ffn_gate" + suffix), index, lanes),
                Matrix.read(file.tensor(prefix + "ffn_up" + suffix), index, lanes),
                Matrix.read(file.tensor(prefix + "ffn_down" + suffix), index, lanes));
    }

    /** What one lane needs for up to {@link Batch#ROWS_MAX} rows of a network of the given inner width. */
    static final class Scratch {
        private final Activations inner;
        private final float[] gate;
        private final float[] up;

        Scratch(int innerWidth) {
            this.inner = new Activations(Batch.ROWS_MAX * innerWidth);
            this.gate = new float[Batch.ROWS_MAX * innerWidth];
            this.up = new float[Batch.ROWS_MAX * innerWidth];
        }
    }

    int innerWidth() {
        return gate.rows();
    }

    /** Runs the rows of {@code input} through the network. */
    void forward(Kernels kernels, Activations input, Rows out, Scratch s) {
        int width = innerWidth();
        kernels.multiply(gate, input, new Rows(s.gate, 0, width));
        kernels.multiply(up, input, new Rows(s.up, 0, width));
        kernels.gatedSilu(s.gate, s.up, input.rows() * width);
        s.inner.take(new Rows(s.gate, 0, width), input.rows(), width);
        kernels.multiply(down, s.inner, out);
    }
}
