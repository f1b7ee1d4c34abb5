package io.weir.engine.moe;

/**
 * The rows of one forward pass: tokens of any mix of sequences, prompts and answers alike. Rows of one sequence stand in the order of their
 * positions. Filled and used by one lane; holds at most {@link #ROWS_MAX} rows.
 */
final class Batch {
    /** Large enough to keep the kernels' tiles full also after the tokens are split over experts, small enough that a prompt delays its neighbours by tens of milliseconds only. */
    static final int ROWS_MAX = 64;

    private final int[] tokens = new int[ROWS_MAX];
    private final int[] positions = new int[ROWS_MAX];
    private final KvCache[] caches = new KvCache[ROWS_MAX];
    private final int[] logitRows = new int[ROWS_MAX];
    private int rows;
    private int logits;

    void clear() {
        java.util.Arrays.fill(caches, 0, rows, null);
        rows = 0;
        logits = 0;
    }

    /** Adds a token at the next position of its cache. */
    void add(int token, KvCache cache) {
        tokens[rows] = token;
        caches[rows] = cache;
        positions[rows] = cache.append();
        rows++;
    }

    /** Asks for the logits after the row added last; returns their place among the logits of this pass. */
    int wantLogits() {
        logitRows[logits] = rows - 1;
        return logits++;
    }

    boolean isFull() {
        return rows == ROWS_MAX;
    }

    int rows() {
        return rows;
    }

    int logits() {
        return logits;
    }

    int token(int row) {
        return tokens[row];
    }

    int position(int row) {
        return positions[row];
    }

    KvCache cache(int row) {
        return caches[row];
    }

    int logitRow(int index) {
        return logitRows[index];
    }
}
