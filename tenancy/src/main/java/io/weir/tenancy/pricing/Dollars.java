package io.weir.tenancy.pricing;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Reads prices as people write them: decimal strings of US dollars. */
public final class Dollars {

    private static final Pattern FORM = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final int NANO_DIGITS = 9;

    private Dollars() {}

    /** Whole nano-dollars of a decimal string with at most nine digits after the point; anything else is an {@link IllegalArgumentException}. */
    public static long toNanos(String decimal) {
        if (!FORM.matcher(decimal).matches()) {
            throw new IllegalArgumentException("an amount is a decimal string of dollars with at most nine digits after the point");
        }
        return new BigDecimal(decimal).movePointRight(NANO_DIGITS).longValueExact();
    }
}
