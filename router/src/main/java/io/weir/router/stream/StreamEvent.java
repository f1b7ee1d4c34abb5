package io.weir.router.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says while it answers. Any number of deltas and usage reports, then exactly one {@link Finished} or {@link Broken}. Events
 * that carry content do not show it in {@code toString}.
 */
public sealed interface StreamEvent {

    /** A piece of the answer; never empty. */
    record Delta(String text) implements StreamEvent {
        @Override
        public String toString() {
            return "Delta[REDACTED len=" + text.length() + "]";
        }
    }

    /** A piece of the reasoning before the answer; never empty. */
    record ReasoningDelta(String text) implements StreamEvent {
        @Override
        public String toString() {
            return "ReasoningDelta[REDACTED len=" + text.length() + "]";
        }
    }

    /** The engine's own count so far: each report replaces the one before; the last before {@link Finished} is final. */
    record UsageReport(Usage.Exact usage) implements StreamEvent {}

    /** The answer reached its end. */
    record Finished(FinishReason reason) implements StreamEvent {}

    /**
     * The answer ended without reaching its end.
     *
     * @param cause what happened
     * @param spent whether the engine can have spent anything
     * @param retryAfter how long the engine asked to be left alone, or null
     */
    record Broken(BreakCause cause, Spent spent, @Nullable Duration retryAfter) implements StreamEvent {

        public Broken(BreakCause cause, Spent spent) {
            this(cause, spent, null);
        }
    }

    /** Whether a broken call can have cost anything. */
    enum Spent {
        /** Provably nothing: never sent, or refused by the engine before it began. */
        NOTHING,
        /** It may have begun. */
        UNKNOWN
    }
}
