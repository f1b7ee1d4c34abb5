package io.weir.engine.moe;

import java.io.IOException;

/**
 * The sizes of a DeepSeek-V3-shaped model, read from the {@code deepseek2.*} keys of its file; all counts are in elements.
 *
 * <p>Guarantees: a shape that exists is one this engine can run; anything else was refused with a reason. Sources: the DeepSeek-V2 and V3
 * reports (arXiv 2405.04434, 2412.19437) for the terms, llama.cpp's key names for the file.
 *
 * @param width          residual stream
 * @param heads          query heads; they share one latent key and value
 * @param queryRank      rank of the query's down-projection
 * @param latentRank     rank of the shared key/value latent, which is what the cache holds
 * @param headContent    per head: the part of a query or key without a position
 * @param headRope       per head: the rotated part
 * @param headValue      per head: values
 * @param denseLayers    leading layers with a plain feed-forward network instead of experts
 * @param expertsUsed    routed experts per token
 * @param contextLength  positions a sequence may have
 */
record ModelShape(int width, int layers, int heads, int queryRank, int latentRank, int headContent, int headRope, int headValue,
        int denseLayers, int experts, int expertsUsed, float expertScale, boolean expertWeightsNormalised, int vocabulary,
        int contextLength, float normEpsilon, float ropeBase) {
    private static final String ARCHITECTURE = "deepseek2";
    /** GGUF's number for the sigmoid gate of DeepSeek-V3. */
    private static final int GATE_SIGMOID = 2;

    static ModelShape of(GgufFile file) throws IOException {
        String architecture = file.string("general.architecture");
        if (!architecture.equals(ARCHITECTURE)) {
            throw new IOException("the model file is of architecture " + architecture + "; this engine runs " + ARCHITECTURE);
        }
        if (file.integer(key("expert_gating_func")) != GATE_SIGMOID) {
            throw new IOException("only the sigmoid expert gate of DeepSeek-V3 is supported");
        }
        if (file.has(key("expert_group_count")) && file.integer(key("expert_group_count")) > 1) {
            throw new IOException("expert groups are not supported");
        }
        if (file.has(key("rope.scaling.type"))) {
            throw new IOException("scaled rotary positions are not supported");
        }
        int rope = file.integer(key("rope.dimension_count"));
        return new ModelShape(file.integer(key("embedding_length")), file.integer(key("block_count")), file.integer(key("attention.head_count")),
                file.integer(key("attention.q_lora_rank")), file.integer(key("attention.kv_lora_rank")),
                file.integer(key("attention.key_length_mla")) - rope, rope, file.integer(key("attention.value_length_mla")),
                file.integer(key("leading_dense_block_count")), file.integer(key("expert_count")), file.integer(key("expert_used_count")),
                (float) file.number(key("expert_weights_scale"), 1), file.flag(key("expert_weights_norm")),
                file.strings("tokenizer.ggml.tokens").size(), file.integer(key("context_length")),
                (float) file.number(key("attention.layer_norm_rms_epsilon"), 1e-6), (float) file.number(key("rope.freq_base"), 10_000));
    }

    /** What one position costs the cache per layer: the latent and the shared rotated key. */
    int keyWidth() {
        return latentRank + headRope;
    }

    private static String key(String name) {
        return ARCHITECTURE + "." + name;
    }
}
