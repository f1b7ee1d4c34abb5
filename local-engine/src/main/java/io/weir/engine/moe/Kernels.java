package io.weir.engine.moe;

/**
 * The arithmetic of the forward pass. Two implementations: {@link ScalarKernels} runs everywhere, {@link VectorKernels} uses the Vector API.
 *
 * <p>Guarantees, for every implementation: a result depends on its own row alone, never on which other rows share the batch, and all
 * implementations give the same bits, because each fixes the same order of the same IEEE operations (no fused multiply-add where it would
 * round differently). Stateless; callable from any thread. Tests: {@code KernelsTest} compares the two bit by bit.
 */
interface Kernels {
    /** Rows a panel of a {@link Matrix} must have for this implementation. */
    int lanes();

    /** What runs, for the log and the benchmark. */
    String name();

    /** {@code out[t] = matrix x input[t]} for every row t of the input; eight-bit weights take the eight-bit activations. */
    default void multiply(Matrix matrix, Activations input, Rows out) {
        switch (matrix) {
            case Matrix.Quantised quantised -> multiplyQuantised(quantised, input, out);
            case Matrix.Plain plain -> multiplyPlain(plain, input, out);
        }
    }

    /** Sums each block of 32 products exactly (they are small whole numbers), scales it, and adds the blocks in order. */
    void multiplyQuantised(Matrix.Quantised matrix, Activations input, Rows out);

    /** Adds the products in the order of the columns. */
    void multiplyPlain(Matrix.Plain matrix, Activations input, Rows out);

    /**
     * {@code out[j] = sum over d of query[d] * keys[d][j]} for {@link KvCache#PAGE} positions j of one page.
     *
     * @param query offset = where the query begins, stride = its width
     * @param keys  [d][position]
     */
    void scores(Rows query, float[] keys, float[] out, int outOffset);

    /**
     * {@code out[d] += weights[j] * latents[j][d]} over the first {@code count} positions j of one page, in order.
     *
     * @param out offset = where the sum lies, stride = its width, a multiple of 32
     */
    void addWeighted(Rows out, float[] latents, float[] weights, int weightsOffset, int count);

    /** {@code values[i] = exp(values[i])} in place over {@code count} values, each at most 0 or so; below -87 gives 0. */
    void exp(float[] values, int offset, int count);

    /** {@code gate[i] = gate[i] * sigmoid(gate[i]) * up[i]} for the first {@code count} elements, a multiple of 32. */
    void gatedSilu(float[] gate, float[] up, int count);

    /** The vector kernels when the JVM was started with their module, else the scalar ones. */
    static Kernels best() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? VectorKernels.preferred() : new ScalarKernels();
    }
}
