package io.weir.router.stream;

/**
 * Tokens of one engine call in disjoint classes. OpenAI's {@code prompt_tokens} include cached ones, Bedrock's {@code inputTokens} do not: each
 * dialect converts.
 */
public sealed interface Usage {

    /** Input tokens the engine had to read. */
    long inputFresh();

    /** Input tokens served from the engine's prefix cache. */
    long cacheRead();

    /** Input tokens written to the engine's prefix cache. */
    long cacheWrite();

    /** Output tokens, reasoning included. */
    long output();

    /** How many of the output tokens were reasoning. */
    long reasoning();

    /** All input classes together: OpenAI's {@code prompt_tokens}. */
    default long input() {
        return inputFresh() + cacheRead() + cacheWrite();
    }

    default long total() {
        return input() + output();
    }

    /** Counted by the engine, complete. */
    record Exact(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) implements Usage {
        public Exact {
            check(inputFresh, cacheRead, cacheWrite, output, reasoning);
        }
    }

    /** At least this much: what was sent and what arrived. Never stands for nothing. */
    record AtLeast(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) implements Usage {
        public AtLeast {
            check(inputFresh, cacheRead, cacheWrite, output, reasoning);
        }
    }

    private static void check(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) {
        if (inputFresh < 0 || cacheRead < 0 || cacheWrite < 0 || output < 0 || reasoning < 0 || reasoning > output) {
            throw new IllegalArgumentException("token counts are never negative, and reasoning is part of the output");
        }
    }
}
