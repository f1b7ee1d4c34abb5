package io.weir.tenancy.admission;

import io.weir.router.Tasks;
import io.weir.tenancy.OrganisationId;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.UUID;

/** What the parts of the protocol have in common. Thread-safe. */
final class Shared {

    private static final System.Logger LOG = System.getLogger(Shared.class.getName());

    private final MoneyCore.Parts parts;
    private final OpenAttempts open;
    private volatile boolean postgresAway;

    Shared(MoneyCore.Parts parts, OpenAttempts open) {
        this.parts = parts;
        this.open = open;
    }

    AdmissionStore store() {
        return parts.store();
    }

    SystemOfRecord record() {
        return parts.record();
    }

    OpenAttempts open() {
        return open;
    }

    UUID start() {
        return parts.identity().start();
    }

    String name() {
        return parts.identity().name();
    }

    OrganisationId organisation() {
        return parts.identity().organisation();
    }

    ProtocolListener listener() {
        return parts.hooks().listener();
    }

    void reached(String point) {
        parts.hooks().crashPoints().reached(point);
    }

    Instant now() {
        return parts.running().clock().instant();
    }

    long nanos() {
        return parts.running().ticker().nanos();
    }

    Tasks tasks() {
        return parts.running().tasks();
    }

    /** Paid calls are refused before they touch Redis: their intent could not be put on record. */
    boolean isPostgresAway() {
        return postgresAway;
    }

    void postgresAnswered() {
        postgresAway = false;
    }

    /** Counts a failure and remembers it where it concerns every call. */
    void away(StoreAway failure) {
        LOG.log(Level.DEBUG, "a store did not answer", failure);
        if (failure.which() == StoreAway.Which.POSTGRESQL) {
            postgresAway = true;
        }
        listener().storeAway(failure.which());
    }
}
