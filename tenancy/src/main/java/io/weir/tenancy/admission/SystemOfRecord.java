package io.weir.tenancy.admission;

import io.weir.router.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * What the protocol asks of PostgreSQL, for one organisation. Every method blocks, is thread-safe and throws {@link StoreAway} when PostgreSQL does not
 * answer: whether a change was made is then unknown, and each is harmless when repeated.
 *
 * @param epochs which generation of counters is current
 * @param intents what may be under way
 * @param settlements what was spent
 * @param starts which gateways live
 * @param audits what the checker compares
 */
public record SystemOfRecord(Epochs epochs, Intents intents, Settlements settlements, Starts starts, Audits audits) {

    /** Epochs and the seeds they begin with. */
    public interface Epochs {

        Optional<Epoch> current();

        /**
         * Begins the epoch after {@code seen} (0: none yet) under the organisation's exclusive lock, with one snapshot of the ledger that begins after the lock
         * is held; empty when another replica was faster.
         */
        Optional<Counters.Seed> advance(long seen, String runId, Instant periodsFrom);

        /**
         * Seeds one counter that this epoch never had, under the exclusive lock; {@code look} says whether the store has it by now and {@code lay}
         * lays it.
         */
        CounterSeeding seedCounter(long epoch, Counters.Key counter, CounterLaying laying);
    }

    /**
     * @param number from 1
     * @param redisRunId the server whose counters these are
     */
    public record Epoch(long number, String redisRunId) {}

    /**
     * @param look whether the store has the counter
     * @param lay lays it
     */
    public record CounterLaying(Function<Counters.Key, Boolean> look, Function<Counters.Seed, Counters.SeedAnswer> lay) {}

    /** What became of a single counter. */
    public enum CounterSeeding {
        SEEDED,
        EPOCH_GONE,
        /** It was seeded in this epoch and is missing: it was lost, and so may others be. */
        LOST
    }

    /** Intents. */
    public interface Intents {

        /** Puts intents on record in one transaction, those only whose epoch is current and that have no ledger row; one answer each, in order. */
        List<Recorded> record(UUID start, List<Reservation.Held> attempts);

        /** Puts intents on record that PostgreSQL may have lost, whatever the epoch; those that have ended stay ended. */
        void recordAgain(UUID start, List<Reservation.Held> attempts);

        /** Takes away intents whose attempt is booked: recorded by one transaction while another booked it. */
        void forgetBooked();

        /** The oldest open intents of a start. */
        List<Reservation.Held> openOf(UUID start, int most);
    }

    /** What became of an intent. */
    public enum Recorded {
        ON_RECORD,
        EPOCH_GONE,
        /** The attempt has a ledger row. */
        ENDED,
        /** PostgreSQL refuses the values: nothing was written. */
        INVALID
    }

    /** Settlements. */
    public interface Settlements {

        /**
         * Books ends in one transaction under the organisation's shared lock and takes their intents away. An attempt booked before keeps its row; a
         * {@code Settled} or {@code Voided} end then adds the difference as an adjustment, an {@code Expired} one adds nothing. Returns every row
         * that now stands for these attempts.
         */
        List<BookedRow> book(List<Reservation.Ended> ends);

        /** Books ends of holds nobody accounts for, under the exclusive lock: those only that have neither an intent nor a row. */
        List<BookedRow> bookLeaked(List<Reservation.Ended> ends);

        /** What PostgreSQL knows of these attempts. */
        Fates fates(List<AttemptKey> attempts);
    }

    /**
     * A row of the ledger.
     *
     * @param key of which attempt
     * @param row which of its rows
     * @param amount what it books
     * @param counter to what
     * @param booked in which epoch, how
     */
    public record BookedRow(AttemptKey key, Effect.Row row, Money amount, Effect.Where counter, BookedHow booked) {

        Effect effect() {
            return new Effect.Booked(key, row, amount, counter, booked.usedTokens());
        }
    }

    /**
     * @param epoch the epoch it was booked in: its amount belongs to that epoch's counters, later snapshots hold it
     * @param usedTokens tokens used, or {@link Effect#KEEP}
     */
    public record BookedHow(long epoch, long usedTokens) {}

    /**
     * @param standing attempts with an intent
     * @param rows ledger rows
     */
    public record Fates(Set<AttemptKey> standing, List<BookedRow> rows) {}

    /** Starts of gateways, their leases, and what only one replica does at a time. */
    public interface Starts {

        void register(UUID start, String name, Duration lease);

        void renew(UUID start, Duration lease);

        /** Ends a start whose calls are all booked. */
        void end(UUID start);

        Server look();

        /** Whether PostgreSQL started so lately that a living gateway may still have intents to record again. */
        boolean isSettling(UUID own, Duration afterStart);

        /** Starts whose lease has lapsed here and that have open intents. */
        List<Lapsed> lapsed();

        /** Runs the work if no other replica does this duty now; whether it ran. */
        boolean alone(Duty duty, Runnable work);
    }

    /**
     * @param startedAt when this PostgreSQL started: another value means that it was away, and may have lost its last moments
     * @param epoch the current epoch, 0 for none
     */
    public record Server(Instant startedAt, long epoch) {}

    /** @param death how sure it is */
    public record Lapsed(UUID start, Death death) {}

    /** How sure it is that a process is dead. */
    public enum Death {
        /** A later start of the same name exists. */
        PROVEN,
        PRESUMED
    }

    /** What one replica does at a time. */
    public enum Duty {
        SEED,
        SWEEP
    }

    /** Queries of the checker. */
    public interface Audits {

        /** The ledger's sums and open intents, per counter, of the running and later periods. */
        Map<Counters.Key, Counters.Sums> sums(Instant periodsFrom);

        /** Open intents whose start's lease lapsed longer ago. */
        long intentsWithoutOwner(Duration lapsedFor);

        /** Attempts of the last hour with more than one USAGE row. */
        long attemptsBookedTwice();
    }
}
