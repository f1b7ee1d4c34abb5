package io.weir.tenancy.admission;

import io.weir.tenancy.admission.CheckReport.Difference;
import io.weir.tenancy.admission.Counters.Key;
import io.weir.tenancy.admission.Counters.Sums;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Compares the admission store with the ledger (DESIGN.md 7.10). The two are never read at one instant: calls under way make them differ for a moment, so a
 * difference is reported when it is the same in every look.
 */
final class Checker {

    static final Duration OWNERLESS = Duration.ofSeconds(60);
    /** Calls under way change a counter between looks; a lost amount does not. */
    static final int LOOKS = 4;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final System.Logger LOG = System.getLogger(Checker.class.getName());

    private final Shared shared;
    private final EpochKeeper epochs;
    private volatile @Nullable CheckReport last;

    Checker(Shared shared, EpochKeeper epochs) {
        this.shared = shared;
        this.epochs = epochs;
    }

    Optional<CheckReport> last() {
        return Optional.ofNullable(last);
    }

    CheckReport check() {
        CheckReport report;
        try {
            long epoch = epochs.inUse();
            report = new CheckReport(
                    shared.now(),
                    epoch,
                    epoch == 0 ? List.of() : standing(epoch),
                    shared.record().audits().intentsWithoutOwner(OWNERLESS),
                    shared.record().audits().attemptsBookedTwice());
        } catch (StoreAway away) {
            shared.away(away);
            report = new CheckReport(shared.now(), 0, List.of(), 0, 0);
        }
        last = report;
        if (!report.isClean()) {
            LOG.log(Level.ERROR, "the books differ: " + report);
        }
        shared.listener().checked(report);
        return report;
    }

    private List<Difference> standing(long epoch) {
        List<Difference> differences = look(epoch);
        for (int looks = 1; looks < LOOKS && !differences.isEmpty(); looks++) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            List<Difference> again = look(epoch);
            differences = again.stream().filter(differences::contains).toList();
        }
        return epochs.inUse() == epoch ? differences : List.of();
    }

    private List<Difference> look(long epoch) {
        Instant from = Periods.at(shared.now()).current().from();
        Map<Key, Sums> ledger = shared.record().audits().sums(from);
        Map<Key, Sums> store = shared.store().counters(epoch, new HashSet<>(ledger.keySet()));
        List<Difference> differences = new ArrayList<>();
        ledger.forEach((key, sums) -> {
            Sums counter = store.get(key);
            // A counter that this epoch never had is not a difference: it is seeded when it is first asked for.
            if (counter != null && !counter.equals(sums)) {
                differences.add(new Difference(key, counter, sums));
            }
        });
        return differences;
    }
}
