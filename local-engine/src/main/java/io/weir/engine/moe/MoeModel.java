package io.weir.engine.moe;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The model: its weights and the forward pass from tokens to logits.
 *
 * <p>Guarantees: the logits of a row depend on its own sequence alone, bit for bit, whatever else is in the batch. Weights are immutable and
 * shared by all lanes; a {@link Scratch} belongs to one lane. Source of the architecture: DeepSeek-V3 (arXiv 2412.19437).
 */
final class MoeModel {
    private final ModelShape shape;
    private final Kernels kernels;
    private final Matrix.Quantised embedding;
    private final Layer[] layers;
    private final Norm outputNorm;
    private final Matrix output;

    /** One block: attention, then either a dense network or a mixture of experts. Exactly one of the two is there. */
    private record Layer(Norm attentionNorm, Attention attention, Norm feedForwardNorm, @Nullable FeedForward dense, @Nullable MoeLayer moe) {
        int innerWidth() {
            return dense != null ? dense.innerWidth() : moe.innerWidth();
        }
    }

    /** Everything one lane writes while it computes. */
    static final class Scratch {
        private final float[] stream;
        private final float[] normed;
        private final float[] update;
        private final float[] logits;
        private final Activations input;
        private final Attention.Scratch attention;
        private final MoeLayer.Scratch moe;
        private final FeedForward.Scratch feedForward;

        private Scratch(MoeModel model) {
            int size = Batch.ROWS_MAX * model.shape.width();
            int inner = 0;
            for (Layer layer : model.layers) {
                inner = Math.max(inner, layer.innerWidth());
            }
            this.stream = new float[size];
            this.normed = new float[size];
            this.update = new float[size];
            this.logits = new float[Batch.ROWS_MAX * model.shape.vocabulary()];
            this.input = new Activations(size);
            this.attention = new Attention.Scratch(model.shape);
            this.moe = new MoeLayer.Scratch(model.shape);
            this.feedForward = new FeedForward.Scratch(inner);
        }

        /** The logits of the last pass, one row of the vocabulary's size per {@link Batch#wantLogits()}. */
        float[] logits() {
            return logits;
        }
    }

    private MoeModel(GgufFile file, Kernels kernels) throws IOException {
        this.shape = ModelShape.of(file);
        this.kernels = kernels;
        if (!(Matrix.read(file.tensor("token_embd.weight"), 0, kernels.lanes()) instanceof Matrix.Quantised table)) {
            throw new IOException("token_embd.weight is expected in Q8_0");
        }
        this.embedding = table;
        Rope rope = new Rope(shape);
        this.layers = new Layer[shape.layers()];
        for (int i = 0; i < layers.length; i++) {
            String prefix = "blk." + i + ".";
            boolean dense = i < shape.denseLayers();
            layers[i] = new Layer(norm(file, prefix + "attn_norm.weight"), new Attention(file, shape, kernels, rope, i),
                    norm(file, prefix + "ffn_norm.weight"),
                    dense ? FeedForward.read(file, prefix, ".weight", 0, kernels.lanes()) : null,
                    dense ? null : new MoeLayer(file, shape, kernels, i));
        }
        this.outputNorm = norm(file, "output_norm.weight");
        this.output = Matrix.read(file.tensor("output.weight"), 0, kernels.lanes());
    }

    private Norm norm(GgufFile file, String name) throws IOException {
        return new Norm(Matrix.readVector(file.tensor(name), shape.width()), shape.normEpsilon());
    }

    /** Loads the weights of an open file for the given kernels. */
    static MoeModel load(GgufFile file, Kernels kernels) throws IOException {
        return new MoeModel(file, kernels);
    }

    /** Loads the weights of a file for the given kernels. */
    static MoeModel load(Path path, Kernels kernels) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            return load(file, kernels);
        }
    }

    ModelShape shape() {
        return shape;
    }

    Kernels kernels() {
        return kernels;
    }

    Scratch newScratch() {
        return new Scratch(this);
    }

    /** Runs the batch; its caches gain its rows, and the logits it asked for stand in the scratch. */
    void forward(Batch batch, Scratch s) {
        int width = shape.width();
        int size = batch.rows() * width;
        for (int row = 0; row < batch.rows(); row++) {
            embedding.copyRow(batch.token(row), s.stream, row * width);
        }
        for (Layer layer : layers) {
            normalise(layer.attentionNorm, batch.rows(), s);
            layer.attention.forward(batch, s.normed, s.update, s.attention);
            add(s.update, s.stream, size);
            normalise(layer.feedForwardNorm, batch.rows(), s);
            s.input.take(new Rows(s.normed, 0, width), batch.rows(), width);
            if (layer.dense != null) {
                layer.dense.forward(kernels, s.input, new Rows(s.update, 0, width), s.feedForward);
            } else {
                layer.moe.forward(s.normed, s.input, s.update, s.moe, s.feedForward);
            }
            add(s.update, s.stream, size);
        }
        if (batch.logits() > 0) {
            s.input.shape(batch.logits(), width);
            for (int i = 0; i < batch.logits(); i++) {
                outputNorm.apply(s.stream, batch.logitRow(i) * width, s.normed, i * width);
                s.input.takeRow(s.normed, i * width, i);
            }
            kernels.multiply(output, s.input, new Rows(s.logits, 0, shape.vocabulary()));
        }
    }

    private static void normalise(Norm norm, int rows, Scratch s) {
        for (int row = 0; row < rows; row++) {
            norm.apply(s.stream, row * norm.weight().length, s.normed, row * norm.weight().length);
        }
    }

    private static void add(float[] update, float[] stream, int size) {
        for (int i = 0; i < size; i++) {
            stream[i] += update[i];
        }
    }
}
