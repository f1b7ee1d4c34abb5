package io.weir.gateway.pipeline;

import io.weir.router.GatewayError;
import io.weir.router.Outcome;
import java.time.Clock;
import java.time.Duration;

/** The last stage: tells the observer how a request ended. The ledger entry is under way before. */
public final class Record {

    private final PipelineObserver observer;
    private final Clock clock;

    public Record(PipelineObserver observer, Clock clock) {
        this.observer = observer;
        this.clock = clock;
    }

    void ended(Inbound inbound, Served served) {
        observer.ended(inbound, served.outcome(), served, took(inbound));
    }

    void refused(Inbound inbound, GatewayError error) {
        observer.ended(inbound, new Outcome.Refused(error.code()), null, took(inbound));
    }

    void faulted(Inbound inbound, Throwable fault) {
        observer.faulted(inbound, fault);
        observer.ended(inbound, new Outcome.Faulted(), null, took(inbound));
    }

    private Duration took(Inbound inbound) {
        return Duration.between(inbound.at(), clock.instant());
    }
}
