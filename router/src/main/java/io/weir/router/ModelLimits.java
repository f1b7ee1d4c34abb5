package io.weir.router;

import io.weir.router.chat.Sampling;
import java.util.Optional;
import java.util.Set;

/**
 * What a model can take and give.
 *
 * @param contextWindow tokens of prompt and answer together
 * @param maxOutputTokens the most tokens one answer may have
 * @param lacks what of the canonical request its engine has no way to honour
 */
public record ModelLimits(int contextWindow, int maxOutputTokens, Set<Wish> lacks) {

    /** Bedrock's largest temperature. */
    private static final double WARM = 1.0;

    public ModelLimits {
        lacks = Set.copyOf(lacks);
        if (contextWindow < 1 || maxOutputTokens < 1) {
            throw new IllegalArgumentException("a model's limits are at least one token");
        }
    }

    /** A model that honours everything. */
    public ModelLimits(int contextWindow, int maxOutputTokens) {
        this(contextWindow, maxOutputTokens, Set.of());
    }

    /** Something a caller may wish of an engine. */
    public enum Wish {
        SEED("seed"),
        TEMPERATURE_ABOVE_ONE("temperature");

        private final String field;

        Wish(String field) {
            this.field = field;
        }

        /** The request's field that expresses it. */
        public String field() {
            return field;
        }
    }

    /** The first wish that would be dropped silently if this model answered. */
    Optional<Wish> unmet(Sampling sampling) {
        if (sampling.seed() != null && lacks.contains(Wish.SEED)) {
            return Optional.of(Wish.SEED);
        }
        Double temperature = sampling.temperature();
        boolean hot = temperature != null && temperature > WARM && lacks.contains(Wish.TEMPERATURE_ABOVE_ONE);
        return hot ? Optional.of(Wish.TEMPERATURE_ABOVE_ONE) : Optional.empty();
    }
}
