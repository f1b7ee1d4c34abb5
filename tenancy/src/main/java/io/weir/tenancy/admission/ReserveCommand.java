package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.tenancy.Caller;
import java.util.List;
import java.util.UUID;

/**
 * One reservation as the admission store is asked for it.
 *
 * @param act what is asked
 * @param epoch in which generation of counters
 * @param start which start of a gateway asks
 * @param scopes all of them grant, or none
 * @param periods the store picks one of the two
 */
public record ReserveCommand(Act act, long epoch, UUID start, List<ScopeLimits> scopes, Periods periods) {

    public ReserveCommand {
        scopes = List.copyOf(scopes);
    }

    /**
     * @param mode whether anything is held
     * @param key which attempt
     * @param slice 0 for the hold itself, then 1, 2, ... for what is added to it
     * @param caller who asks, for the books if the gateway dies before its intent is on record
     * @param steps worst cases, dearest first
     */
    public record Act(Mode mode, AttemptKey key, int slice, Caller caller, List<Claim.Step> steps) {
        public Act {
            steps = List.copyOf(steps);
        }
    }

    /** Whether anything is held. */
    public enum Mode {
        RESERVE,
        /** The same answer, nothing held and nothing consumed. */
        PROBE
    }

    /**
     * One scope's limits; {@link #NONE} means none.
     *
     * @param scope whose
     * @param requests capacity and refill per minute of the request bucket
     * @param tokens capacity and refill per minute of the token bucket
     * @param budget nano-dollars per period; the counter is kept in any case
     */
    public record ScopeLimits(Scope scope, long requests, long tokens, long budget) {

        public static final long NONE = -1;
        /** Larger buckets cannot be counted exactly (a double holds 2^53) and limit nobody: 100 billion a minute. */
        public static final long MAX_BUCKET = 100_000_000_000L;

        public ScopeLimits {
            requests = Math.min(requests, MAX_BUCKET);
            tokens = Math.min(tokens, MAX_BUCKET);
            if (budget > Money.MAX_COUNTER_NANOS) {
                throw new IllegalArgumentException("a budget above 2^53 - 1 nano-dollars cannot be counted exactly");
            }
        }
    }

    /** Only a request's first attempt counts against the request quota. */
    public boolean countsAsRequest() {
        return act.key().attempt() == 1 && act.slice() == 0;
    }
}
