package io.weir.engine.moe;

import java.io.IOException;
import java.util.List;

/**
 * Multi-head latent attention in its absorbed form (DeepSeek-V2, arXiv 2405.04434, section 2.1): all heads attend to one cached latent per
 * position. The key's up-projection is applied to the query instead, the value's to the attended latent, so neither keys nor values of single
 * heads ever exist. Weights are immutable; all state is in the caller's {@link Scratch} and the caches.
 */
final class Attention {
    private final ModelShape shape;
    private final Kernels kernels;
    private final Rope rope;
    private final int layer;
    private final Matrix queryDown;
    private final Norm queryNorm;
    private final Matrix queryUp;
    private final Matrix latentDown;
    private final Norm latentNorm;
    private final Matrix[] keyUp;
    private final Matrix[] valueUp;
    private final Matrix output;

    /** What one lane needs to run the layer on up to {@link Batch#ROWS_MAX} rows; shared by the layers, never by lanes. */
    static final class Scratch {
        private final Activations input;
        private final float[] queryRank;
        private final float[] queries;
        private final float[] latents;
        private final float[] absorbed;
        private final float[] attended;
        private final float[] values;
        private final float[] scores;

        Scratch(ModelShape shape) {
            int rows = Batch.ROWS_MAX;
            int widest = Math.max(Math.max(shape.width(), shape.heads() * shape.headValue()), Math.max(shape.queryRank(), shape.latentRank()));
            this.input = new Activations(rows * widest);
            this.queryRank = new float[rows * shape.queryRank()];
            this.queries = new float[rows * shape.heads() * (shape.headContent() + shape.headRope())];
            this.latents = new float[rows * shape.keyWidth()];
            this.absorbed = new float[rows * shape.heads() * shape.keyWidth()];
            this.attended = new float[rows * shape.heads() * shape.latentRank()];
            this.values = new float[rows * shape.heads() * shape.headValue()];
            this.scores = new float[shape.contextLength() + KvCache.PAGE];
        }
    }

    Attention(GgufFile file, ModelShape shape, Kernels kernels, Rope rope, int layer) throws IOException {
        String prefix = "blk." + layer + ".";
        int lanes = kernels.lanes();
        this.shape = shape;
        this.kernels = kernels;
        this.rope = rope;
        this.layer = layer;
        this.queryDown = Matrix.read(file.tensor(prefix + "attn_q_a.weight"), 0, lanes);
        this.queryNorm = new Norm(Matrix.readVector(file.tensor(prefix + "attn_q_a_norm.weight"), shape.queryRank()), shape.normEpsilon());
        this.queryUp = Matrix.read(file.tensor(prefix + "attn_q_b.weight"), 0, lanes);
        this.latentDown = Matrix.read(file.tensor(prefix + "attn_kv_a_mqa.weight"), 0, lanes);
        this.latentNorm = new Norm(Matrix.readVector(file.tensor(prefix + "attn_kv_a_norm.weight"), shape.latentRank()), shape.normEpsilon());
        this.keyUp = new Matrix[shape.heads()];
        this.valueUp = new Matrix[shape.heads()];
        for (int head = 0; head < shape.heads(); head++) {
            keyUp[head] = Matrix.read(file.tensor(prefix + "attn_k_b.weight"), head, lanes);
            valueUp[head] = Matrix.read(file.tensor(prefix + "attn_v_b.weight"), head, lanes);
        }
        this.output = Matrix.read(file.tensor(prefix + "attn_output.weight"), 0, lanes);
    }

    /** Attends for every row of the batch: {@code normed} rows in, {@code out} rows out, both as wide as the residual stream. */
    void forward(Batch batch, float[] normed, float[] out, Scratch s) {
        int rows = batch.rows();
        s.input.take(new Rows(normed, 0, shape.width()), rows, shape.width());
        kernels.multiply(queryDown, s.input, new Rows(s.queryRank, 0, shape.queryRank()));
        kernels.multiply(latentDown, s.input, new Rows(s.latents, 0, shape.keyWidth()));
        remember(batch, s);
        project(batch, s);
        for (int row = 0; row < rows; row++) {
            attend(batch, row, s);
        }
        int headsTimesValue = shape.heads() * shape.headValue();
        for (int head = 0; head < shape.heads(); head++) {
            s.input.take(new Rows(s.attended, head * shape.latentRank(), shape.heads() * shape.latentRank()), rows, shape.latentRank());
            kernels.multiply(valueUp[head], s.input, new Rows(s.values, head * shape.headValue(), headsTimesValue));
        }
        s.input.take(new Rows(s.values, 0, headsTimesValue), rows, headsTimesValue);
        kernels.multiply(output, s.input, new Rows(out, 0, shape.width()));
    }

    /** Normalises each row's latent, turns its shared key, and writes both to the row's cache. */
    private void remember(Batch batch, Scratch s) {
        for (int row = 0; row < batch.rows(); row++) {
            int at = row * shape.keyWidth();
            latentNorm.apply(s.latents, at, s.latents, at);
            rope.rotate(s.latents, at + shape.latentRank(), batch.position(row));
            batch.cache(row).put(layer, batch.position(row), s.latents, at);
        }
    }

    /** Queries: up from their rank, the rotated part turned, the other part taken into the latent space. */
    private void project(Batch batch, Scratch s) {
        int rows = batch.rows();
        int headWidth = shape.headContent() + shape.headRope();
        int absorbedWidth = shape.heads() * shape.keyWidth();
        for (int row = 0; row < rows; row++) {
            queryNorm.apply(s.queryRank, row * shape.queryRank(), s.queryRank, row * shape.queryRank());
        }
        s.input.take(new Rows(s.queryRank, 0, shape.queryRank()), rows, shape.queryRank());
        kernels.multiply(queryUp, s.input, new Rows(s.queries, 0, shape.heads() * headWidth));
        for (int head = 0; head < shape.heads(); head++) {
            Rows content = new Rows(s.queries, head * headWidth, shape.heads() * headWidth);
            s.input.take(content, rows, shape.headContent());
            kernels.multiply(keyUp[head], s.input, new Rows(s.absorbed, head * shape.keyWidth(), absorbedWidth));
            for (int row = 0; row < rows; row++) {
                int from = (row * shape.heads() + head) * headWidth + shape.headContent();
                rope.rotate(s.queries, from, batch.position(row));
                System.arraycopy(s.queries, from, s.absorbed, row * absorbedWidth + head * shape.keyWidth() + shape.latentRank(), shape.headRope());
            }
        }
        for (int i = 0; i < rows * absorbedWidth; i++) {
            s.absorbed[i] = KvCache.half(s.absorbed[i]);
        }
    }

    /** Softmax attention of one row's heads over its cache, up to and including its own position. */
    private void attend(Batch batch, int row, Scratch s) {
        List<KvCache.Page> pages = batch.cache(row).pages(layer);
        int positions = batch.position(row) + 1;
        float scale = (float) (1.0 / Math.sqrt(shape.headContent() + shape.headRope()));
        for (int head = 0; head < shape.heads(); head++) {
            Rows query = new Rows(s.absorbed, (row * shape.heads() + head) * shape.keyWidth(), shape.keyWidth());
            for (int first = 0; first < positions; first += KvCache.PAGE) {
                kernels.scores(query, pages.get(first / KvCache.PAGE).keys(), s.scores, first);
            }
            float inverse = softmax(s.scores, positions, scale);
            Rows sum = new Rows(s.attended, (row * shape.heads() + head) * shape.latentRank(), shape.latentRank());
            java.util.Arrays.fill(sum.data(), sum.offset(), sum.offset() + sum.stride(), 0f);
            for (int first = 0; first < positions; first += KvCache.PAGE) {
                int count = Math.min(KvCache.PAGE, positions - first);
                kernels.addWeighted(sum, pages.get(first / KvCache.PAGE).latents(), s.scores, first, count);
            }
            for (int d = 0; d < shape.latentRank(); d++) {
                sum.data()[sum.offset() + d] *= inverse;
            }
        }
    }

    /** Turns scores into unnormalised weights and returns the factor that normalises them. */
    private float softmax(float[] scores, int count, float scale) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, scores[i]);
        }
        for (int i = 0; i < count; i++) {
            scores[i] = (scores[i] - max) * scale;
        }
        kernels.exp(scores, 0, count);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += scores[i];
        }
        return (float) (1 / sum);
    }
}
