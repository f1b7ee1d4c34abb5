package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two kernel sets give the same bits, and the right ones. */
class KernelsTest {
    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector = VectorKernels.preferred();

    @Test
    void theVectorModuleIsThereSoThatTheOtherTestsCompareTwoThings() {
        // Given the flags of this build
        // When
        String name = Kernels.best().name();

        // Then
        assertThat(name).startsWith("vector-");
        assertThat(vector.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"16,32,1", "128,256,1", "160,256,5", "256,128,13", "512,128,64", "24,64,9", "5,96,4"})
    void quantisedProductsAreTheSameBitsAndNearTheTruth(int rows, int columns, int tokens) {
        // Given
        Random random = new Random(rows * 31L + columns);
        float[][] weights = new float[rows][columns];
        byte[][] quants = new byte[rows][columns];
        float[][] scales = new float[rows][columns / 32];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                scales[r][c / 32] = c % 32 == 0 ? Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() / 100)) : scales[r][c / 32];
                quants[r][c] = (byte) (random.nextInt(255) - 127);
                weights[r][c] = quants[r][c] * scales[r][c / 32];
            }
        }
        float[] input = floats(random, tokens * columns);

        // When
        float[] a = multiply(scalar, quants, scales, input, tokens);
        float[] b = multiply(vector, quants, scales, input, tokens);

        // Then
        assertThat(b).isEqualTo(a);
        for (int t = 0; t < tokens; t++) {
            for (int r = 0; r < rows; r++) {
                double exact = 0;
                double size = 0;
                for (int c = 0; c < columns; c++) {
                    exact += (double) weights[r][c] * input[t * columns + c];
                    size += Math.abs(weights[r][c] * input[t * columns + c]);
                }
                assertThat((double) a[t * rows + r]).isCloseTo(exact, within(size * 0.02 + 1e-6));
            }
        }
    }

    private static float[] multiply(Kernels kernels, byte[][] quants, float[][] scales, float[] input, int tokens) {
        int rows = quants.length;
        int columns = quants[0].length;
        int lanes = kernels.lanes();
        int panels = (rows + lanes - 1) / lanes;
        byte[] packed = new byte[panels * lanes * columns];
        float[] packedScales = new float[panels * lanes * columns / 32];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                packed[(r / lanes * columns + c) * lanes + r % lanes] = quants[r][c];
                packedScales[(r / lanes * (columns / 32) + c / 32) * lanes + r % lanes] = scales[r][c / 32];
            }
        }
        Activations activations = new Activations(tokens * columns);
        activations.take(new Rows(input, 0, columns), tokens, columns);
        float[] out = new float[tokens * rows];
        kernels.multiply(new Matrix.Quantised(rows, columns, lanes, packed, packedScales), activations, new Rows(out, 0, rows));
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 40})
    void plainProductsAreTheSameBits(int rows) {
        // Given
        int columns = 64;
        Random random = new Random(rows);
        float[] weights = floats(random, rows * columns);
        Activations input = new Activations(3 * columns);
        input.take(new Rows(floats(random, 3 * columns), 0, columns), 3, columns);

        // When
        float[] a = multiplyPlain(scalar, weights, rows, columns, input);
        float[] b = multiplyPlain(vector, weights, rows, columns, input);

        // Then
        assertThat(b).isEqualTo(a);
    }

    private static float[] multiplyPlain(Kernels kernels, float[] weights, int rows, int columns, Activations input) {
        int lanes = kernels.lanes();
        float[] packed = new float[(rows + lanes - 1) / lanes * lanes * columns];
        for (int i = 0; i < weights.length; i++) {
            packed[(i / columns / lanes * columns + i % columns) * lanes + i / columns % lanes] = weights[i];
        }
        float[] out = new float[input.rows() * rows];
        kernels.multiply(new Matrix.Plain(rows, columns, lanes, packed), input, new Rows(out, 0, rows));
        return out;
    }

    @Test
    void attentionScoresAndSumsAreTheSameBits() {
        // Given
        Random random = new Random(7);
        int width = 128;
        float[] query = floats(random, width);
        float[] page = floats(random, width * KvCache.PAGE);
        float[][] scores = new float[2][KvCache.PAGE];
        float[][] sums = new float[2][width];

        // When
        scalar.scores(new Rows(query, 0, width), page, scores[0], 0);
        vector.scores(new Rows(query, 0, width), page, scores[1], 0);
        scalar.addWeighted(new Rows(sums[0], 0, width), page, query, 3, 37);
        vector.addWeighted(new Rows(sums[1], 0, width), page, query, 3, 37);

        // Then
        assertThat(scores[1]).isEqualTo(scores[0]);
        assertThat(sums[1]).isEqualTo(sums[0]);
        assertThat(scores[0][5]).isNotZero();
    }

    @Test
    void exponentialsAreTheSameBitsAndRightToAFewUnitsInTheLastPlace() {
        // Given
        float[] a = new float[20_003];
        for (int i = 0; i < a.length; i++) {
            a[i] = -100f + i * 0.01f;
        }
        float[] b = a.clone();
        float[] x = a.clone();

        // When
        scalar.exp(a, 0, a.length);
        vector.exp(b, 0, b.length);

        // Then
        assertThat(b).isEqualTo(a);
        for (int i = 0; i < x.length; i++) {
            double exact = x[i] < -87 ? 0 : Math.exp(Math.min(x[i], 87));
            assertThat((double) a[i]).isCloseTo(exact, within(exact * 3e-7));
        }
    }

    @Test
    void gatesAreTheSameBits() {
        // Given
        Random random = new Random(3);
        float[] gate = floats(random, 1_000);
        float[] up = floats(random, 1_000);
        float[] a = gate.clone();
        float[] b = gate.clone();

        // When
        scalar.gatedSilu(a, up, 1_000);
        vector.gatedSilu(b, up, 1_000);

        // Then
        assertThat(b).isEqualTo(a);
        assertThat((double) a[1]).isCloseTo(gate[1] / (1 + Math.exp(-gate[1])) * up[1], within(1e-6));
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
