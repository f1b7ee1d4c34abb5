package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine gives llama.cpp's greedy answers, token for token where tokens were recorded, else character for character. The recordings hold no
 * logits, so nothing is excused here: a difference is a failure, and the two best logits are printed with it. (The script bench/parity, which has
 * a llama-server to ask, leaves out positions where that one's own two best are within 0.001.)
 */
class ParityTest {
    private static final int TOKENS_MAX = 200;

    static Stream<Arguments> modelsAndKernels() {
        return Stream.of(new ScalarKernels(), VectorKernels.preferred())
                .flatMap(kernels -> Stream.of(Arguments.of("tiny", "greedy.json", 16, kernels), Arguments.of("small", "greedy-small.json", 96, kernels)));
    }

    @ParameterizedTest
    @MethodSource("modelsAndKernels")
    void answersAsLlamaCppDid(String name, String fixtures, int expectedCases, Kernels kernels) throws IOException {
        // Given
        Path path = ModelFiles.resolve(name);
        List<Fixtures.Case> cases = Fixtures.read(fixtures);
        assertThat(cases).hasSize(expectedCases);
        List<String> differences = new ArrayList<>();
        try (GgufFile file = GgufFile.open(path)) {
            BpeTokenizer tokenizer = new BpeTokenizer(file);
            MoeModel model = MoeModel.load(file, kernels);
            MoeModel.Scratch scratch = model.newScratch();

            // When
            for (Fixtures.Case expected : cases) {
                List<String> margins = new ArrayList<>();
                List<Integer> tokens = greedy(model, scratch, tokenizer, tokenizer.encode(expected.prompt()), margins);
                if (!text(tokenizer, tokens).equals(expected.completion()) || !expected.tokens().isEmpty() && !tokens.equals(expected.tokens())) {
                    differences.add(expected.prompt() + "\n  expected " + expected.completion() + "\n  but was " + text(tokenizer, tokens) + "\n  " + margins);
                }
            }
        }

        // Then
        assertThat(differences).isEmpty();
    }

    private static List<Integer> greedy(MoeModel model, MoeModel.Scratch scratch, BpeTokenizer tokenizer, int[] prompt, List<String> margins) {
        KvCache cache = new KvCache(model.shape());
        Batch batch = new Batch();
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < prompt.length; i++) {
            if (batch.isFull()) {
                model.forward(batch, scratch);
                batch.clear();
            }
            batch.add(prompt[i], cache);
        }
        while (out.size() < TOKENS_MAX) {
            batch.wantLogits();
            model.forward(batch, scratch);
            int best = best(scratch.logits(), model.shape().vocabulary(), -1);
            int second = best(scratch.logits(), model.shape().vocabulary(), best);
            margins.add(String.format("%d:%.4f", best, scratch.logits()[best] - scratch.logits()[second]));
            out.add(best);
            if (tokenizer.endsAnswer(best)) {
                break;
            }
            batch.clear();
            batch.add(best, cache);
        }
        return out;
    }

    private static int best(float[] logits, int count, int except) {
        int best = except == 0 ? 1 : 0;
        for (int i = 0; i < count; i++) {
            if (i != except && logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private static String text(BpeTokenizer tokenizer, List<Integer> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(tokenizer.bytes(token)));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
