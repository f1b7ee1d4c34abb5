package io.weir.gateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.gateway.pipeline.Inbound;
import io.weir.gateway.pipeline.PipelineObserver;
import io.weir.gateway.pipeline.Served;
import io.weir.router.Outcome;
import io.weir.router.stream.Usage;
import io.weir.tenancy.admission.Settlement;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests by tenant, engine, model and outcome, their duration, tokens and cost. Labels come from the registry of tenants and models and
 * from closed sets: a caller cannot add one.
 */
public final class MetricsObserver implements PipelineObserver {

    private static final Logger LOG = Logger.getLogger("io.weir.requests");
    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final ConcurrentMap<Labels, Meters> meters = new ConcurrentHashMap<>();

    public MetricsObserver(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void ended(Inbound inbound, Outcome outcome, @Nullable Served served, Duration took) {
        Labels labels = labels(inbound, outcome, served);
        Meters found = meters.computeIfAbsent(labels, this::register);
        found.requests.record(took);
        if (served != null) {
            found.book(served.ended().settlement());
        }
    }

    @Override
    public void faulted(Inbound inbound, Throwable fault) {
        LOG.errorv(fault, "request faulted: requestId={0} tenant={1}", inbound.id(), inbound.caller().tenant());
    }

    private static Labels labels(Inbound inbound, Outcome outcome, @Nullable Served served) {
        String tenant = inbound.caller().tenant().value();
        String detail = outcome instanceof Outcome.Refused refused ? refused.code() : NONE;
        if (served == null) {
            return new Labels(tenant, NONE, NONE, outcome.label(), detail);
        }
        String engine = served.offer().candidate().engine().value();
        return new Labels(tenant, engine, served.offer().candidate().model().value(), outcome.label(), detail);
    }

    private Meters register(Labels labels) {
        String[] tags = {
            "tenant", labels.tenant, "engine", labels.engine, "model", labels.model, "outcome", labels.outcome, "refusal", labels.refusal
        };
        return new Meters(
                Timer.builder("weir.requests").description("Requests, by how they ended").tags(tags).register(registry),
                counter("weir.tokens.input", "Input tokens booked", tags),
                counter("weir.tokens.output", "Output tokens booked", tags),
                counter("weir.cost.nanos", "Nano-dollars booked", tags));
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private record Labels(String tenant, String engine, String model, String outcome, String refusal) {}

    private record Meters(Timer requests, Counter input, Counter output, Counter nanos) {

        void book(Settlement settlement) {
            Usage usage = settlement.usage();
            input.increment(usage.input());
            output.increment(usage.output());
            nanos.increment(settlement.amount().nanos());
        }
    }
}
