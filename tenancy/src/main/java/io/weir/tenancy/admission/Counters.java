package io.weir.tenancy.admission;

import io.weir.router.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Projections of the ledger, as they are seeded, read and compared. */
public final class Counters {

    private Counters() {}

    /**
     * Names a money counter.
     *
     * @param scope whose
     * @param periodFrom of which period
     */
    public record Key(Scope scope, Instant periodFrom) {}

    /**
     * A money counter.
     *
     * @param settled the ledger's sum
     * @param held what live reservations may still cost
     */
    public record Sums(Money settled, Money held) {
        public static final Sums ZERO = new Sums(Money.ZERO, Money.ZERO);
    }

    /**
     * One snapshot of the ledger.
     *
     * @param epoch the epoch it is the beginning of, or a part of
     * @param extent all counters of the epoch, or some that it lacked
     * @param counters sums per counter
     * @param holds the open intents, as holds
     */
    public record Seed(long epoch, Extent extent, Map<Key, Sums> counters, List<Hold> holds) {
        public Seed {
            counters = Map.copyOf(counters);
            holds = List.copyOf(holds);
        }
    }

    /** How much a seed lays. */
    public enum Extent {
        WHOLE,
        SINGLE
    }

    /** What became of a seed. */
    public enum SeedAnswer {
        SEEDED,
        /** A whole seed of this epoch was laid before. */
        ALREADY,
        /** A single counter of an epoch that is not laid. */
        UNSEEDED
    }

    /**
     * A live hold.
     *
     * @param key of which attempt
     * @param held money
     * @param tokens from the token buckets
     * @param period of which period
     * @param owner who holds it
     */
    public record Hold(AttemptKey key, Money held, long tokens, Grant.Period period, Owner owner) {}

    /**
     * @param start the gateway's start
     * @param who project, key and subject
     * @param scopes the scopes it is held in
     */
    public record Owner(UUID start, Who who, List<Scope> scopes) {
        public Owner {
            scopes = List.copyOf(scopes);
        }
    }

    /** Whose hold it is, for the books if nothing else is left of it. */
    public record Who(String project, String key, String subject) {

        /** One line; only the subject may hold blanks. */
        public String text() {
            return project + ' ' + key + ' ' + subject;
        }

        /** The inverse of {@link #text}. */
        public static Who parse(String text) {
            String[] parts = text.split(" ", 3);
            return new Who(parts[0], parts[1], parts[2]);
        }
    }

    /**
     * A hold as it was found in the store.
     *
     * @param hold what stands
     * @param checkpoint what was delivered, or null when nothing was ever noted
     */
    public record Found(Hold hold, @Nullable Checkpoint checkpoint) {}

    /**
     * Noted once a second for each call under way.
     *
     * @param key of which attempt
     * @param outputTokens delivered until then
     * @param served what answers it, as one line
     */
    public record Checkpoint(AttemptKey key, long outputTokens, String served) {}
}
