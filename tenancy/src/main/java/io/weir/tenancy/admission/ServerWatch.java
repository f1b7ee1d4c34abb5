package io.weir.tenancy.admission;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notices that PostgreSQL was away, and records this process' open intents again before anything else is built on what it says: an asynchronous commit may
 * lose the last moments (DESIGN.md 7.5). Thread-safe.
 */
final class ServerWatch {

    /** One statement's worth of arrays. */
    private static final int BATCH = 1_000;

    private final Shared shared;
    private @Nullable Instant startedAt;

    ServerWatch(Shared shared) {
        this.shared = shared;
    }

    /** Looks at the server; when it is another one than before, or did not answer meanwhile, the open intents go to it first. */
    synchronized SystemOfRecord.Server greet() {
        SystemOfRecord.Server server = shared.record().starts().look();
        if (shared.isPostgresAway() || !server.startedAt().equals(startedAt)) {
            // Intents name this start; a server that commits everything asynchronously may have lost it too.
            shared.record().starts().register(shared.start(), shared.name(), LeaseKeeper.LEASE);
            List<Reservation.Held> open = shared.open().all().stream().map(OpenAttempts.Attempt::held).toList();
            for (int from = 0; from < open.size(); from += BATCH) {
                shared.record().intents().recordAgain(shared.start(), open.subList(from, Math.min(open.size(), from + BATCH)));
            }
            startedAt = server.startedAt();
        }
        return server;
    }
}
