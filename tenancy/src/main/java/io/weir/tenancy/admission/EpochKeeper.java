package io.weir.tenancy.admission;

import io.weir.tenancy.admission.StoreHealth.State;
import io.weir.tenancy.admission.SystemOfRecord.Duty;
import io.weir.tenancy.admission.SystemOfRecord.Epoch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decides which generation of counters this process uses (DESIGN.md 7.2, 7.8). It owns the link to the admission store: one is published only after its
 * server was found to be the one of the epoch on record and to hold that epoch's counters; else a new epoch is begun and seeded from the ledger.
 */
final class EpochKeeper {

    /** Living gateways record their open intents again within this time of PostgreSQL's start. */
    static final Duration SETTLING = Duration.ofSeconds(15);
    /** Long enough for a new epoch to be seeded, short enough for a caller. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(EpochKeeper.class.getName());

    private final Shared shared;
    private final ServerWatch watch;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile long epoch;
    private volatile boolean doubtful = true;
    private volatile boolean lost;
    private volatile State state = State.SEEDING;
    private boolean published;
    private @Nullable String runId;

    EpochKeeper(Shared shared, ServerWatch watch) {
        this.shared = shared;
        this.watch = watch;
    }

    /** The epoch to use now; 0 while none can be used. Never blocks. */
    long inUse() {
        return !doubtful && shared.store().isServing() ? epoch : 0;
    }

    /** The last epoch known: settlements for earlier ones are in a later snapshot. */
    long known() {
        return epoch;
    }

    State state() {
        return state;
    }

    /** Something says that this epoch may have ended: it is looked up before it is used again. */
    void doubt(long seen) {
        if (seen == epoch) {
            doubtful = true;
        }
    }

    /** A counter of this epoch was lost, or what it should hold is not known: only a new epoch helps. */
    void lost(long seen) {
        if (seen == epoch) {
            lost = true;
            doubtful = true;
        }
    }

    /** Finds out which epoch to use, beginning a new one where needed. Returns at once when one is in use; else blocks on both stores. */
    void look() {
        if (inUse() != 0) {
            return;
        }
        if (!mayLook()) {
            return;
        }
        try {
            if (inUse() == 0) {
                find();
            }
        } catch (StoreAway away) {
            state = away.which() == StoreAway.Which.REDIS ? State.REDIS_AWAY : State.POSTGRESQL_AWAY;
            runId = away.which() == StoreAway.Which.REDIS ? null : runId;
            shared.away(away);
        } finally {
            looking.unlock();
        }
    }

    /** One looks; others, requests among them, wait a moment for what it finds. */
    private boolean mayLook() {
        try {
            return looking.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void find() {
        if (published && !shared.store().isServing()) {
            runId = null;
        }
        if (runId == null) {
            published = false;
            runId = shared.store().open();
        }
        Optional<Epoch> current = shared.record().epochs().current();
        if (current.isPresent() && isUsable(current.get(), runId)) {
            use(current.get().number());
        } else {
            begin(current.map(Epoch::number).orElse(0L), runId);
        }
    }

    private boolean isUsable(Epoch current, String run) {
        boolean isLost = lost && current.number() == epoch;
        return !isLost && current.redisRunId().equals(run) && shared.store().isSeeded(current.number());
    }

    private void begin(long seen, String run) {
        watch.greet();
        if (shared.record().starts().isSettling(shared.start(), SETTLING)) {
            state = State.WAITING_FOR_OTHERS;
            return;
        }
        state = State.SEEDING;
        shared.record().starts().alone(Duty.SEED, () -> {
            Optional<Epoch> current = shared.record().epochs().current();
            if (current.isPresent() && isUsable(current.get(), run)) {
                use(current.get().number());
            } else if (current.map(Epoch::number).orElse(0L) == seen) {
                shared.record().epochs().advance(seen, run, periodStart()).ifPresent(this::lay);
            }
        });
    }

    private void lay(Counters.Seed seed) {
        shared.reached(CrashPoints.AFTER_EPOCH_PG);
        shared.store().seed(seed);
        LOG.log(Level.INFO, () -> "epoch " + seed.epoch() + " begins with " + seed.counters().size() + " counters and " + seed.holds().size()
                + " open intents");
        use(seed.epoch());
        shared.tasks().start("weir-forget-epochs", () -> forget(seed.epoch()));
    }

    private void use(long number) {
        boolean isNew = epoch != number;
        if (isNew) {
            lost = false;
        }
        epoch = number;
        shared.store().publish();
        published = true;
        doubtful = false;
        state = State.READY;
        if (isNew) {
            shared.listener().epochInUse(number);
            shared.store().renewLease(number, shared.start(), LeaseKeeper.LEASE);
        }
    }

    private void forget(long number) {
        try {
            shared.store().forgetBefore(number);
        } catch (StoreAway away) {
            shared.away(away); // what stays is never read and goes with the next epoch
        }
    }

    private Instant periodStart() {
        return Periods.at(shared.now()).current().from();
    }
}
