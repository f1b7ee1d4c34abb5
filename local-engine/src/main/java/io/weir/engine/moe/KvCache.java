package io.weir.engine.moe;

import java.util.ArrayList;
import java.util.List;

/**
 * What one sequence remembers: per layer and position the shared latent and the shared rotated key of multi-head latent attention, in pages of
 * 64 positions that are added as the sequence grows, up to the model's context length. Values are rounded to half precision on the way in, as
 * llama.cpp's cache holds them, so that both engines read the same numbers. Used by one lane; only {@link #length()} is read from elsewhere.
 */
final class KvCache {
    /** Positions a page; a multiple of any vector's length. */
    static final int PAGE = 64;

    /**
     * One layer of one page.
     *
     * @param keys    [latent, then rotated key][position]: scores read it by column
     * @param latents [position][latent]: the weighted sum of values reads it by row
     */
    record Page(float[] keys, float[] latents) {}

    private final ModelShape shape;
    private final List<List<Page>> layers = new ArrayList<>();
    private volatile int length;

    KvCache(ModelShape shape) {
        this.shape = shape;
        for (int i = 0; i < shape.layers(); i++) {
            layers.add(new ArrayList<>());
        }
    }

    /** Positions written so far. */
    int length() {
        return length;
    }

    /** Makes room for one more position in every layer and returns it. */
    int append() {
        int position = length;
        if (position >= shape.contextLength()) {
            throw new IllegalStateException("the context is full");
        }
        if (position % PAGE == 0) {
            for (List<Page> pages : layers) {
                pages.add(new Page(new float[shape.keyWidth() * PAGE], new float[shape.latentRank() * PAGE]));
            }
        }
        length = position + 1;
        return position;
    }

    /** Writes a position of a layer: the latent followed by the rotated key. */
    void put(int layer, int position, float[] source, int from) {
        Page page = layers.get(layer).get(position / PAGE);
        int slot = position % PAGE;
        for (int d = 0; d < shape.keyWidth(); d++) {
            float value = half(source[from + d]);
            page.keys[d * PAGE + slot] = value;
            if (d < shape.latentRank()) {
                page.latents[slot * shape.latentRank() + d] = value;
            }
        }
    }

    List<Page> pages(int layer) {
        return layers.get(layer);
    }

    /** Rounds to half precision. */
    static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }
}
