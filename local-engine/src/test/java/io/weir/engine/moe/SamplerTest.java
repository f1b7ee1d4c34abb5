package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
    private static final float[] LOGITS = {9, (float) Math.log(0.1), (float) Math.log(0.4), (float) Math.log(0.3), (float) Math.log(0.2), 9};

    private static double[] shares(Sampling sampling, int forbidden) {
        Sampler sampler = new Sampler(sampling);
        double[] counts = new double[4];
        for (int i = 0; i < 100_000; i++) {
            counts[sampler.next(LOGITS, 1, 4, forbidden)] += 1e-5;
        }
        return counts;
    }

    @Test
    void greedyTakesTheLikeliestAndTheLowerOfEqualOnes() {
        // Given
        Sampler sampler = new Sampler(Sampling.greedy());

        // When
        int best = sampler.next(LOGITS, 1, 4, -1);
        int withoutIt = sampler.next(LOGITS, 1, 4, 1);
        int equal = sampler.next(new float[] {1, 3, 3, 2}, 0, 4, -1);

        // Then
        assertThat(best).isEqualTo(1);
        assertThat(withoutIt).isEqualTo(2);
        assertThat(equal).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0, -1, 0.1, 0.4, 0.3, 0.2", "1, 0.5, 0, -1, 0, 0.571, 0.429, 0", "1, 1, 2, -1, 0, 0.571, 0.429, 0",
            "1, 1, 0, 1, 0.167, 0, 0.5, 0.333", "0.5, 1, 0, -1, 0.033, 0.533, 0.3, 0.133"})
    void drawsInTheProportionsThatItsSettingsLeave(float temperature, float topP, int topK, int forbidden, double p0, double p1, double p2, double p3) {
        // Given
        Sampling sampling = new Sampling(temperature, topP, topK, 42);

        // When
        double[] shares = shares(sampling, forbidden);

        // Then
        assertThat(shares).containsExactly(new double[] {p0, p1, p2, p3}, within(0.01));
    }

    @Test
    void theSameSeedDrawsTheSameTokens() {
        // Given
        Sampler one = new Sampler(new Sampling(1, 1, 0, 7));
        Sampler two = new Sampler(new Sampling(1, 1, 0, 7));

        // When
        StringBuilder a = new StringBuilder();
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            a.append(one.next(LOGITS, 1, 4, -1));
            b.append(two.next(LOGITS, 1, 4, -1));
        }

        // Then
        assertThat(a.toString()).isEqualTo(b.toString()).contains("0", "1", "2", "3");
    }

    @ParameterizedTest
    @CsvSource({"-0.1, 1, 0", "2.1, 1, 0", "NaN, 1, 0", "1, 0, 0", "1, 1.1, 0", "1, NaN, 0", "1, 1, -1"})
    void refusesSettingsThatMeanNothing(float temperature, float topP, int topK) {
        // Given such settings
        // When
        // Then
        assertThatThrownBy(() -> new Sampling(temperature, topP, topK, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
