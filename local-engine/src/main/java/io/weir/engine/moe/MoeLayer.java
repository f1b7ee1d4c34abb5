package io.weir.engine.moe;

import java.io.IOException;

/**
 * A mixture of experts with a shared expert (DeepSeek-V3, arXiv 2412.19437, section 2.1.2): a sigmoid gate scores the experts, a bias that
 * balances their load takes part in the choice only, the chosen ones' scores are normalised to weights. The tokens of a batch are grouped by
 * expert, each expert runs once a batch. Weights are immutable; all state is in the caller's {@link Scratch}.
 */
final class MoeLayer {
    /** llama.cpp's lower bound for the sum of the chosen scores: half precision's smallest normal number. */
    private static final float SUM_MIN = 6.103515625e-5f;

    private final ModelShape shape;
    private final Kernels kernels;
    private final Matrix gate;
    private final float[] bias;
    private final FeedForward[] experts;
    private final FeedForward shared;

    /** What one lane needs; shared by the layers, never by lanes. */
    static final class Scratch {
        private final float[] probabilities;
        private final int[] chosen;
        private final float[] weights;
        private final int[] members;
        private final Activations grouped;
        private final float[] expertOut;
        private final float[] slots;
        private final boolean[] taken;

        Scratch(ModelShape shape) {
            int rows = Batch.ROWS_MAX;
            this.probabilities = new float[rows * shape.experts()];
            this.chosen = new int[rows * shape.expertsUsed()];
            this.weights = new float[rows * shape.expertsUsed()];
            this.members = new int[rows];
            this.grouped = new Activations(rows * shape.width());
            this.expertOut = new float[rows * shape.width()];
            this.slots = new float[rows * shape.expertsUsed() * shape.width()];
            this.taken = new boolean[shape.experts()];
        }
    }

    MoeLayer(GgufFile file, ModelShape shape, Kernels kernels, int layer) throws IOException {
        String prefix = "blk." + layer + ".";
        this.shape = shape;
        this.kernels = kernels;
        this.gate = Matrix.read(file.tensor(prefix + "ffn_gate_inp.weight"), 0, kernels.lanes());
        this.bias = file.hasTensor(prefix + "exp_probs_b.bias")
                ? Matrix.readVector(file.tensor(prefix + "exp_probs_b.bias"), shape.experts()) : new float[shape.experts()];
        this.experts = new FeedForward[shape.experts()];
        for (int e = 0; e < experts.length; e++) {
            experts[e] = FeedForward.read(file, prefix, "_exps.weight", e, kernels.lanes());
        }
        this.shared = FeedForward.read(file, prefix, "_shexp.weight", 0, kernels.lanes());
    }

    /** The widest network of the layer, for sizing the scratch. */
    int innerWidth() {
        return Math.max(shared.innerWidth(), experts[0].innerWidth());
    }

    /** Writes shared expert plus weighted experts of every row to {@code out}; {@code input} holds the same rows as {@code normed}. */
    void forward(float[] normed, Activations input, float[] out, Scratch s, FeedForward.Scratch inner) {
        int rows = input.rows();
        kernels.multiply(gate, input, new Rows(s.probabilities, 0, shape.experts()));
        for (int row = 0; row < rows; row++) {
            route(row, s);
        }
        for (int e = 0; e < shape.experts(); e++) {
            runExpert(e, normed, rows, s, inner);
        }
        shared.forward(kernels, input, new Rows(out, 0, shape.width()), inner);
        for (int row = 0; row < rows; row++) {
            combine(row, out, s);
        }
    }

    /** Chooses the row's experts by score plus bias and weighs them by score alone. */
    private void route(int row, Scratch s) {
        int base = row * shape.experts();
        for (int e = 0; e < shape.experts(); e++) {
            s.probabilities[base + e] = 1f / (1f + (float) Math.exp(-s.probabilities[base + e]));
        }
        java.util.Arrays.fill(s.taken, false);
        float sum = 0;
        for (int k = 0; k < shape.expertsUsed(); k++) {
            int best = -1;
            for (int e = 0; e < shape.experts(); e++) {
                if (!s.taken[e] && (best < 0 || s.probabilities[base + e] + bias[e] > s.probabilities[base + best] + bias[best])) {
                    best = e;
                }
            }
            s.taken[best] = true;
            s.chosen[row * shape.expertsUsed() + k] = best;
            s.weights[row * shape.expertsUsed() + k] = s.probabilities[base + best];
            sum += s.probabilities[base + best];
        }
        float divisor = shape.expertWeightsNormalised() ? Math.max(sum, SUM_MIN) : 1f;
        for (int k = 0; k < shape.expertsUsed(); k++) {
            int at = row * shape.expertsUsed() + k;
            s.weights[at] = s.weights[at] / divisor * shape.expertScale();
        }
    }

    /** Runs one expert over the rows that chose it; each result goes to the slot of its row and rank. */
    private void runExpert(int expert, float[] normed, int rows, Scratch s, FeedForward.Scratch inner) {
        int count = 0;
        for (int i = 0; i < rows * shape.expertsUsed(); i++) {
            if (s.chosen[i] == expert) {
                s.members[count++] = i;
            }
        }
        if (count == 0) {
            return;
        }
        s.grouped.shape(count, shape.width());
        for (int m = 0; m < count; m++) {
            s.grouped.takeRow(normed, s.members[m] / shape.expertsUsed() * shape.width(), m);
        }
        experts[expert].forward(kernels, s.grouped, new Rows(s.expertOut, 0, shape.width()), inner);
        for (int m = 0; m < count; m++) {
            System.arraycopy(s.expertOut, m * shape.width(), s.slots, s.members[m] * shape.width(), shape.width());
        }
    }

    /** Adds the experts' results in the order of their rank, then the sum to the shared expert's result. */
    private void combine(int row, float[] out, Scratch s) {
        int used = shape.expertsUsed();
        for (int d = 0; d < shape.width(); d++) {
            float sum = 0;
            for (int k = 0; k < used; k++) {
                sum += s.slots[(row * used + k) * shape.width() + d] * s.weights[row * used + k];
            }
            out[row * shape.width() + d] += sum;
        }
    }
}
