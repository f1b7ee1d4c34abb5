package io.weir.tenancy.admission;

import io.weir.router.stream.Usage;
import io.weir.tenancy.admission.Reservation.Ended;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.SystemOfRecord.Death;
import io.weir.tenancy.admission.SystemOfRecord.Duty;
import io.weir.tenancy.admission.SystemOfRecord.Fates;
import io.weir.tenancy.admission.SystemOfRecord.Lapsed;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Ends what nobody else will end: intents of starts that lapsed in both stores, and holds nobody accounts for (DESIGN.md 7.7). */
final class Sweeper {

    /** By then an intent is on record or never will be. */
    static final Duration LEAK_AGE = Duration.ofSeconds(30);
    /** One transaction's worth of a dead start's intents; the next round takes more. */
    private static final int INTENTS = 1_000;
    /** More than the calls under way that are older than the leak age. */
    private static final int HOLDS = 10_000;

    private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());

    private final Shared shared;
    private final EpochKeeper epochs;
    private final Settler settler;

    Sweeper(Shared shared, EpochKeeper epochs, Settler settler) {
        this.shared = shared;
        this.epochs = epochs;
        this.settler = settler;
    }

    void sweep() {
        long epoch = epochs.inUse();
        if (epoch == 0) {
            return; // whether a lease stands in Redis cannot be told
        }
        try {
            if (!shared.record().starts().isSettling(shared.start(), EpochKeeper.SETTLING)) {
                shared.record().starts().alone(Duty.SWEEP, () -> {
                    shared.record().intents().forgetBooked();
                    sweepIntents(epoch);
                    sweepHolds(epoch);
                });
            }
        } catch (StoreAway away) {
            shared.away(away);
        }
    }

    private void sweepIntents(long epoch) {
        List<Lapsed> lapsed = shared.record().starts().lapsed();
        if (lapsed.isEmpty()) {
            return;
        }
        Set<UUID> living = shared.store().living(epoch, lapsed.stream().map(Lapsed::start).toList());
        for (Lapsed start : lapsed) {
            if (!living.contains(start.start()) && !start.start().equals(shared.start())) {
                book(start, epoch);
            }
        }
    }

    private void book(Lapsed start, long epoch) {
        List<Held> open = shared.record().intents().openOf(start.start(), INTENTS);
        Map<AttemptKey, Long> delivered = switch (start.death()) {
            case PROVEN -> shared.store().delivered(epoch, open.stream().map(OpenAttempts::key).toList());
            case PRESUMED -> Map.of();
        };
        List<Ended> ends = new ArrayList<>();
        for (Held held : open) {
            Long output = delivered.get(OpenAttempts.key(held));
            ends.add(output == null ? held.expire() : held.expire(new Usage.AtLeast(held.booking().inputBound(), 0, 0, output, 0)));
        }
        settler.applyRows(shared.record().settlements().book(ends));
        ends.forEach(end -> told(end, start.death()));
    }

    private void told(Ended end, Death death) {
        AttemptKey key = OpenAttempts.key(end.settlement().held());
        LOG.log(Level.WARNING, () -> "attempt " + key.text() + " is booked by the sweeper as " + end.settlement().basis() + ", death " + death);
        shared.listener().swept(key, end.settlement().basis());
    }

    private void sweepHolds(long epoch) {
        List<Counters.Found> old = shared.store().holds(epoch, LEAK_AGE, HOLDS).stream()
                .filter(found -> shared.open().find(found.hold().key()) == null)
                .toList();
        if (old.isEmpty()) {
            return;
        }
        Fates fates = shared.record().settlements().fates(old.stream().map(found -> found.hold().key()).toList());
        settler.applyRows(fates.rows());
        Set<AttemptKey> known = new HashSet<>(fates.standing());
        fates.rows().forEach(row -> known.add(row.key()));
        letGoOfEarlierEpochs(fates, epoch);
        List<Ended> leaked = old.stream()
                .filter(found -> !known.contains(found.hold().key()))
                .map(found -> Leaked.end(shared.organisation(), found, shared.now()))
                .toList();
        if (!leaked.isEmpty()) {
            settler.applyRows(shared.record().settlements().bookLeaked(leaked));
            leaked.forEach(end -> told(end, Death.PRESUMED));
        }
    }

    /** A row of an earlier epoch is in this epoch's snapshot: only the hold has to go. */
    private void letGoOfEarlierEpochs(Fates fates, long epoch) {
        fates.rows().stream()
                .filter(row -> row.booked().epoch() < epoch && row.row().endsHold())
                .forEach(row -> settler.letGo(epoch, row.key()));
    }
}
