package io.weir.gateway.http;

import io.weir.gateway.pipeline.Engines;
import io.weir.router.Candidate;
import io.weir.tenancy.admission.StoreHealth;
import java.time.Clock;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Ready when a paid call could be admitted. Whether an engine could answer it is shown, not judged: one that is down is failed over, and a gateway out of
 * rotation would answer nobody.
 */
@org.eclipse.microprofile.health.Readiness
public class Readiness implements HealthCheck {

    private final StoreStatus stores;
    private final Engines engines;
    private final InFlight inFlight;
    private final Clock clock;

    Readiness(StoreStatus stores, Engines engines, InFlight inFlight, Clock clock) {
        this.stores = stores;
        this.engines = engines;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /** Asks the protocol how it is. */
    @FunctionalInterface
    public interface StoreStatus extends Supplier<StoreHealth> {}

    @Override
    public HealthCheckResponse call() {
        StoreHealth health = stores.get();
        boolean answering = engines.candidates(clock.instant()).stream()
                .anyMatch(candidate -> candidate.health() == Candidate.Health.UP && candidate.price() != null);
        return HealthCheckResponse.named("weir")
                .status(health.isReady() && !inFlight.isDraining())
                .withData("stores", health.state().name())
                .withData("epoch", health.epoch())
                .withData("unsettled", health.unsettled())
                .withData("engine", answering ? "UP" : "DOWN")
                .withData("inFlight", inFlight.count())
                .build();
    }
}
