package io.weir.tenancy.admission;

import java.util.ArrayList;
import java.util.List;

/** Sends what calls under way have delivered to their holds, all in one batch. */
final class Checkpoints {

    /** Keeps one script short: Redis serves nobody else meanwhile. */
    private static final int BATCH = 512;

    private final Shared shared;
    private final EpochKeeper epochs;

    Checkpoints(Shared shared, EpochKeeper epochs) {
        this.shared = shared;
        this.epochs = epochs;
    }

    void flush() {
        long epoch = epochs.inUse();
        if (epoch == 0) {
            return;
        }
        List<Counters.Checkpoint> changes = new ArrayList<>();
        for (OpenAttempts.Attempt attempt : shared.open().all()) {
            Long delivered = attempt.takeChange();
            if (delivered != null) {
                changes.add(new Counters.Checkpoint(OpenAttempts.key(attempt.held()), delivered, Leaked.served(attempt.held().booking())));
            }
        }
        try {
            for (int from = 0; from < changes.size(); from += BATCH) {
                shared.store().checkpoint(epoch, changes.subList(from, Math.min(changes.size(), from + BATCH)));
            }
            if (!changes.isEmpty()) {
                shared.reached(CrashPoints.AFTER_CHECKPOINT);
            }
        } catch (StoreAway away) {
            shared.away(away); // the next change is noted again
        }
    }
}
