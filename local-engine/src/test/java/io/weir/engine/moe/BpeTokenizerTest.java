package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BpeTokenizerTest {
    private static BpeTokenizer small() throws IOException {
        try (GgufFile file = GgufFile.open(ModelFiles.resolve("small"))) {
            return new BpeTokenizer(file);
        }
    }

    @Test
    void encodesAnswersToTheTokensThatLlamaCppGenerated() throws IOException {
        // Given
        BpeTokenizer tokenizer = small();
        List<Fixtures.Case> cases = Fixtures.read("greedy-small.json");

        // When
        List<int[]> encoded = cases.stream().map(c -> tokenizer.encode(c.completion() + "<|end|>")).toList();

        // Then
        for (int i = 0; i < cases.size(); i++) {
            assertThat(encoded.get(i)).as(cases.get(i).completion()).containsExactly(cases.get(i).tokens().stream().mapToInt(t -> t).toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Hello, world!", "don't we'll I'VE", "  two  spaces\n\n\ttabs \r\n", "日本語 🙂 é e\u0301 \u2028\u00a0x", "<think>a</think>",
            "1234567 x_y __ ½ Ⅷ ٣", "\u0000\u0001\u007f", "<|usr|><|en"})
    void decodesToWhatWasEncoded(String text) throws IOException {
        // Given
        BpeTokenizer tokenizer = small();

        // When
        int[] tokens = tokenizer.encode(text);

        // Then
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            bytes.writeBytes(tokenizer.bytes(token));
        }
        assertThat(bytes.toByteArray()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesSpecialTokensWhereTheyAreWrittenOut() throws IOException {
        // Given
        BpeTokenizer tokenizer = small();

        // When
        int[] tokens = tokenizer.encode("<|user|>7<|assistant|><think></think>");

        // Then
        assertThat(tokens).containsExactly(4088, 55, 4089, 4092, 4093);
        assertThat(tokenizer.bytes(4088)).isEmpty();
        assertThat(tokenizer.endsAnswer(4087)).isTrue();
        assertThat(tokenizer.endsAnswer(4088)).isFalse();
    }

    @Test
    void aLongWordTakesNoLongerThanItsLengthDeserves() throws IOException {
        // Given
        BpeTokenizer tokenizer = small();
        String word = "ab".repeat(250_000);

        // When
        int[] tokens = assertTimeout(Duration.ofSeconds(10), () -> tokenizer.encode(word));

        // Then
        assertThat(tokens.length).isBetween(1, word.length());
    }
}
