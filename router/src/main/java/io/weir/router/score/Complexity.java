package io.weir.router.score;

import java.util.List;

/**
 * How hard a request is, with the evidence.
 *
 * @param milli 0 (trivial) to 1000
 * @param signals what added up to it
 * @param scorer the scorer's name, for receipts
 */
public record Complexity(int milli, List<Signal> signals, String scorer) {

    public Complexity {
        signals = List.copyOf(signals);
        if (milli < 0 || milli > 1000) {
            throw new IllegalArgumentException("complexity lies between 0 and 1000 thousandths");
        }
    }

    /**
     * One piece of evidence. Names a feature, never quotes the prompt.
     *
     * @param name fixed, e.g. {@code length}
     * @param milli what it added
     */
    public record Signal(String name, int milli) {}
}
