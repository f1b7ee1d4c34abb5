package io.weir.tenancy.testing;

import io.weir.tenancy.admission.AdmissionStore;
import java.time.Duration;
import java.time.Instant;

/** The contract, against the store in memory. */
class InMemoryAdmissionStoreTest extends AdmissionStoreContract {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T15:00:00Z"));

    @Override
    protected AdmissionStore store() {
        AdmissionStore store = new InMemoryAdmissionStore(clock);
        store.open();
        store.publish();
        return store;
    }

    @Override
    protected Instant now() {
        clock.advance(Duration.ofNanos(1_000)); // a call takes time
        return clock.instant();
    }

    @Override
    protected void pass(Duration time) {
        clock.advance(time);
    }
}
