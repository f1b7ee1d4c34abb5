package io.weir.tenancy.admission;

import io.weir.tenancy.admission.SystemOfRecord.CounterLaying;
import io.weir.tenancy.admission.SystemOfRecord.CounterSeeding;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Seeds a single counter that its epoch never had: a new tenant, or a new period (DESIGN.md 7.1). Thread-safe; one seeds, the others wait. */
final class CounterSeeder {

    /** Callers are refused rather than queued behind a PostgreSQL that stalls. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Shared shared;
    private final EpochKeeper epochs;
    private final ReentrantLock one = new ReentrantLock();

    CounterSeeder(Shared shared, EpochKeeper epochs) {
        this.shared = shared;
        this.epochs = epochs;
    }

    /** Whether it is worth asking again. Blocks on PostgreSQL. */
    boolean seed(long epoch, Counters.Key counter) {
        if (!mayEnter()) {
            return false;
        }
        try {
            if (isThere(epoch, counter)) {
                return true;
            }
            CounterLaying laying = new CounterLaying(key -> isThere(epoch, key), shared.store()::seed);
            CounterSeeding seeding = shared.record().epochs().seedCounter(epoch, counter, laying);
            switch (seeding) {
                case SEEDED -> {}
                case EPOCH_GONE -> epochs.doubt(epoch);
                case LOST -> epochs.lost(epoch);
            }
            return seeding == CounterSeeding.SEEDED;
        } catch (StoreAway away) {
            shared.away(away);
            return false;
        } finally {
            one.unlock();
        }
    }

    private boolean mayEnter() {
        try {
            return one.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isThere(long epoch, Counters.Key counter) {
        return shared.store().counters(epoch, List.of(counter)).containsKey(counter);
    }
}
