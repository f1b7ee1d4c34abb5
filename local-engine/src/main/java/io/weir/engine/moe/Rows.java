package io.weir.engine.moe;

/**
 * A view of rows inside an array: row r begins at {@code offset + r * stride}.
 *
 * @param data   shared, not copied
 * @param offset where row 0 begins, in elements
 * @param stride from one row's begin to the next one's, in elements
 */
record Rows(float[] data, int offset, int stride) {}
