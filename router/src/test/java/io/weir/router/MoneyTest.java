package io.weir.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {

    @Test
    void isShownAsDollarsWithNineDigits() {
        // Given
        Money money = Money.ofNanos(12_345);

        // When
        String decimal = money.toDecimal();

        // Then
        assertThat(decimal).isEqualTo("0.000012345");
    }

    @Test
    void overflowThrows() {
        // Given
        Money most = Money.ofNanos(Long.MAX_VALUE);

        // When / Then
        assertThatThrownBy(() -> most.plus(Money.ofNanos(1))).isInstanceOf(ArithmeticException.class);
        assertThat(most.plus(Money.ZERO)).isEqualTo(most);
    }
}
