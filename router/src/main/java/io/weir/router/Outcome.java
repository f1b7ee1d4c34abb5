package io.weir.router;

import io.weir.router.stream.BreakCause;
import io.weir.router.stream.FinishReason;

/** How a request ended: the label of every metric and ledger row. */
public sealed interface Outcome {

    /** The engine's answer reached its end. */
    record Completed(FinishReason reason) implements Outcome {}

    /** The caller went away; what was produced until then is booked. */
    record ClientGone() implements Outcome {}

    /** The engine failed and no fallback answered. */
    record UpstreamBroke(BreakCause cause) implements Outcome {}

    /** A deadline passed. */
    record TimedOut(Wait stage) implements Outcome {}

    /** Weir said no, and nothing was sent to an engine. */
    record Refused(String code) implements Outcome {}

    /** Weir itself failed. */
    record Faulted() implements Outcome {}

    /** Which deadline passed. */
    enum Wait {
        FIRST_EVENT,
        NEXT_EVENT,
        TOTAL
    }

    default String label() {
        return switch (this) {
            case Completed completed -> "completed";
            case ClientGone gone -> "client_gone";
            case UpstreamBroke broke -> "upstream_broke";
            case TimedOut timedOut -> "timed_out";
            case Refused refused -> "refused";
            case Faulted faulted -> "faulted";
        };
    }
}
