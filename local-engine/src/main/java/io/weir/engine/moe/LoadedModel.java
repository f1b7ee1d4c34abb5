package io.weir.engine.moe;

import java.io.IOException;
import java.nio.file.Path;

/** Everything that comes out of a model file: the name it is served under, weights, tokenizer, chat template. Immutable. */
record LoadedModel(String name, MoeModel model, BpeTokenizer tokenizer, ChatTemplate template) {
    static LoadedModel load(Path path, Kernels kernels) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            return new LoadedModel(ModelFiles.nameOf(path), MoeModel.load(file, kernels), new BpeTokenizer(file),
                    new ChatTemplate(file.string("tokenizer.chat_template")));
        }
    }
}
