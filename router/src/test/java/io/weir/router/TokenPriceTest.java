package io.weir.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.stream.Usage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TokenPriceTest {

    private static final TokenPrice PRICE = new TokenPrice(270_000_000, 70_000_000, 300_000_000, 1_100_000_000);

    @Test
    void costSumsAllClassesAndRoundsOnce() {
        // Given
        Usage usage = new Usage.Exact(3, 5, 7, 11, 2);

        // When
        Money cost = PRICE.cost(usage);

        // Then: 3*270 + 5*70 + 7*300 + 11*1100 nano-dollars
        assertThat(cost).isEqualTo(Money.ofNanos(810 + 350 + 2_100 + 12_100));
    }

    @Test
    void aFractionOfANanoIsRoundedUp() {
        // Given
        TokenPrice price = new TokenPrice(1, 1, 1, 1);

        // When
        Money cost = price.cost(new Usage.Exact(1, 0, 0, 1_000_000, 0));

        // Then
        assertThat(cost).isEqualTo(Money.ofNanos(2));
    }

    @Test
    void nothingUsedCostsNothing() {
        // Given
        Usage usage = new Usage.Exact(0, 0, 0, 0, 0);

        // When
        Money cost = PRICE.cost(usage);

        // Then
        assertThat(cost).isEqualTo(Money.ZERO);
    }

    @Test
    void theCeilingTakesTheDearestInputPrice() {
        // Given an input bound of 10 and a cap of 4

        // When
        Money ceiling = PRICE.ceiling(10, 4);

        // Then: 10*300 (cache write) + 4*1100
        assertThat(ceiling).isEqualTo(Money.ofNanos(3_000 + 4_400));
    }

    @Test
    void anAmountThatDoesNotFitIsAnError() {
        // Given
        TokenPrice price = new TokenPrice(Long.MAX_VALUE, 0, 0, 0);

        // When / Then
        assertThatThrownBy(() -> price.ceiling(Long.MAX_VALUE, 0)).isInstanceOf(ArithmeticException.class);
    }

    @Property
    void noUsageWithinTheBoundsCostsMoreThanTheCeiling(
            @ForAll @LongRange(min = 0, max = 100_000) long fresh,
            @ForAll @LongRange(min = 0, max = 100_000) long read,
            @ForAll @LongRange(min = 0, max = 100_000) long write,
            @ForAll @LongRange(min = 0, max = 100_000) long output) {
        // Given
        Usage usage = new Usage.Exact(fresh, read, write, output, 0);

        // When
        Money cost = PRICE.cost(usage);

        // Then
        assertThat(cost).isLessThanOrEqualTo(PRICE.ceiling(fresh + read + write, output));
    }
}
