package io.weir.router;

import io.weir.router.stream.Usage;
import java.math.BigInteger;

/**
 * What one model's tokens cost, per class, in nano-dollars per 1,000,000 tokens. The one place where an amount is rounded: up, once per
 * ledger entry.
 *
 * @param inputFresh input tokens the engine had to read
 * @param cacheRead input tokens served from the engine's prefix cache
 * @param cacheWrite input tokens written to the engine's prefix cache
 * @param output output tokens, reasoning included
 */
public record TokenPrice(long inputFresh, long cacheRead, long cacheWrite, long output) {

    private static final BigInteger PER = BigInteger.valueOf(1_000_000);

    public TokenPrice {
        if (inputFresh < 0 || cacheRead < 0 || cacheWrite < 0 || output < 0) {
            throw new IllegalArgumentException("a price per token is never negative");
        }
    }

    /** The cost of one ledger entry: ceil(sum of tokens x price / 1,000,000). */
    public Money cost(Usage usage) {
        return ceil(product(usage.inputFresh(), inputFresh)
                .add(product(usage.cacheRead(), cacheRead))
                .add(product(usage.cacheWrite(), cacheWrite))
                .add(product(usage.output(), output)));
    }

    /** The worst case of a call: every input token at the dearest input-side price, the whole output cap generated. */
    public Money ceiling(long inputBound, long outputCap) {
        return ceil(product(inputBound, dearestInput()).add(product(outputCap, output)));
    }

    private long dearestInput() {
        return Math.max(inputFresh, Math.max(cacheRead, cacheWrite));
    }

    private static BigInteger product(long tokens, long price) {
        return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price));
    }

    private static Money ceil(BigInteger millionths) {
        BigInteger[] parts = millionths.divideAndRemainder(PER);
        BigInteger rounded = parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0];
        return Money.ofNanos(rounded.longValueExact());
    }
}
