package io.weir.router;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * An amount of US dollars in whole nano-dollars. Arithmetic is exact: an overflow throws, nothing is rounded here. The only rounding of
 * the product stands in {@link TokenPrice}.
 *
 * @param nanos nano-dollars (1 dollar = 1,000,000,000); negative only in adjustments
 */
public record Money(long nanos) implements Comparable<Money> {

    public static final Money ZERO = new Money(0);
    /** The one currency of ledger and price book. */
    public static final String CURRENCY = "USD";
    /** The largest sum a counter may hold: Lua numbers are doubles, exact to 2^53 - 1. */
    public static final long MAX_COUNTER_NANOS = (1L << 53) - 1;

    private static final int NANO_DIGITS = 9;

    public static Money ofNanos(long nanos) {
        return nanos == 0 ? ZERO : new Money(nanos);
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, other.nanos));
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, other.nanos));
    }

    public Money max(Money other) {
        return nanos >= other.nanos ? this : other;
    }

    public Money min(Money other) {
        return nanos <= other.nanos ? this : other;
    }

    public boolean isZero() {
        return nanos == 0;
    }

    public boolean isPositive() {
        return nanos > 0;
    }

    /** The amount as a decimal number of dollars with nine digits after the point, e.g. {@code 0.000012345}: the form used in JSON. */
    public String toDecimal() {
        return BigDecimal.valueOf(nanos, NANO_DIGITS).toPlainString();
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, other.nanos);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s", toDecimal(), CURRENCY);
    }
}
