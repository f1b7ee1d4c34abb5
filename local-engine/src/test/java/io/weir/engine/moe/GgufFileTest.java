package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsKeysAndTensors() throws IOException {
        // Given
        Path path = ModelFiles.resolve("small");

        // When
        try (GgufFile file = GgufFile.open(path)) {
            ModelShape shape = ModelShape.of(file);
            GgufFile.Tensor experts = file.tensor("blk.1.ffn_gate_exps.weight");

            // Then
            assertThat(shape).isEqualTo(new ModelShape(256, 6, 8, 128, 128, 32, 32, 64, 1, 16, 4, 1f, true, 4096, 4096, 1e-6f, 10_000f));
            assertThat(experts.type()).isEqualTo(GgufFile.TensorType.Q8_0);
            assertThat(experts.shape()).containsExactly(256, 128, 16);
            assertThat(experts.data().byteSize()).isEqualTo(256 / 32 * 34 * 128 * 16);
        }
    }

    @Test
    void aCutOrDamagedFileIsRefusedAndNeverCrashes() throws IOException {
        // Given
        byte[] whole = Files.readAllBytes(ModelFiles.resolve("tiny"));
        Random random = new Random(1);
        int refused = 0;

        // When
        for (int i = 0; i < 300; i++) {
            byte[] broken = i % 2 == 0 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                broken[random.nextInt(2_000)] ^= (byte) (1 << random.nextInt(8));
            }
            Path path = Files.write(folder.resolve("broken.gguf"), broken);
            try (GgufFile file = GgufFile.open(path)) {
                ModelShape.of(file);
            } catch (IOException expected) {
                refused++;
            }
        }

        // Then
        assertThat(refused).isGreaterThanOrEqualTo(150);
    }

    @Test
    void anotherKindOfFileIsRefusedWithAReason() throws IOException {
        // Given
        Path path = Files.writeString(folder.resolve("text.gguf"), "this is no model at all, but long enough");

        // When
        // Then
        assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(IOException.class).hasMessage("not a GGUF file");
    }
}
