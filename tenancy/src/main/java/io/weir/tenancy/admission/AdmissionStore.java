package io.weir.tenancy.admission;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Limits and live holds together, so that a reservation is one atomic act over all of them: Redis in the product. Speed, never the record: every counter
 * is a projection of the ledger in one epoch. Of one organisation. Thread-safe; every method may block up to its deadline and throws {@link StoreAway} when
 * the store does not answer: whether it acted is then unknown, and every act is harmless when repeated.
 *
 * <p>A link is first opened, then its server is compared with the epoch's, then it is published. On a link that is not published only
 * {@link #isSeeded} and {@link #seed} work.
 */
public interface AdmissionStore extends AutoCloseable {

    /** Opens a new link, closing the former one; the run id of the server behind it. Called by one thread at a time. */
    String open();

    /** The link opened last may be used by all. */
    void publish();

    /** Whether a published link stands. Never blocks. */
    boolean isServing();

    /** Closes the link: it does not answer. */
    void abandon();

    boolean isSeeded(long epoch);

    Counters.SeedAnswer seed(Counters.Seed seed);

    /** Reserve, extend or probe: one round trip, all scopes or none, idempotent by (request, attempt, slice). */
    ReserveAnswer reserve(ReserveCommand command);

    /** Applies all effects or none; false when the epoch is not seeded. */
    boolean apply(long epoch, List<Effect> effects);

    /** Notes checkpoints on the holds that still stand. */
    void checkpoint(long epoch, List<Counters.Checkpoint> checkpoints);

    /** Output tokens of the last checkpoints; attempts without one are left out. */
    Map<AttemptKey, Long> delivered(long epoch, List<AttemptKey> attempts);

    /** Holds older than an age by the store's clock, oldest first. */
    List<Counters.Found> holds(long epoch, Duration olderThan, int most);

    void renewLease(long epoch, UUID start, Duration lease);

    /** Those of the starts whose lease stands. */
    Set<UUID> living(long epoch, Collection<UUID> starts);

    /** The counters that are there. */
    Map<Counters.Key, Counters.Sums> counters(long epoch, Collection<Counters.Key> keys);

    /** Removes what epochs before this one left behind. */
    void forgetBefore(long epoch);

    @Override
    void close();
}
