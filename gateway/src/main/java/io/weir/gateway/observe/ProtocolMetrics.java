package io.weir.gateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.CheckReport;
import io.weir.tenancy.admission.ProtocolListener;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.Settlement;
import io.weir.tenancy.admission.StoreAway;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Counts what the reservation protocol does, raises its alarms in the log, and passes a lost lease on. */
public final class ProtocolMetrics implements ProtocolListener {

    private static final Logger LOG = Logger.getLogger("io.weir.protocol");

    private final MeterRegistry registry;
    private final Runnable closeUpstreams;
    private final AtomicLong epoch;
    private final AtomicLong differences;
    private final Counter overruns;

    /** @param closeUpstreams run when the lease is lost */
    public ProtocolMetrics(MeterRegistry registry, Runnable closeUpstreams) {
        this.registry = registry;
        this.closeUpstreams = closeUpstreams;
        this.epoch = registry.gauge("weir.epoch", new AtomicLong());
        this.differences = registry.gauge("weir.check.differences", new AtomicLong());
        this.overruns = registry.counter("weir.overruns");
    }

    @Override
    public void refused(RefusalCause cause) {
        registry.counter("weir.refusals", "cause", word(cause)).increment();
    }

    @Override
    public void storeAway(StoreAway.Which which) {
        registry.counter("weir.store.away", "store", word(which)).increment();
    }

    @Override
    public void epochInUse(long number) {
        epoch.set(number);
        LOG.infov("epoch in use: epoch={0}", number);
    }

    @Override
    public void overrun(AttemptKey attempt) {
        overruns.increment();
        LOG.warnv("an engine delivered above the cap it was sent: requestId={0} attempt={1}", attempt.request(), attempt.attempt());
    }

    @Override
    public void swept(AttemptKey attempt, Settlement.Basis basis) {
        registry.counter("weir.swept", "basis", word(basis)).increment();
        LOG.infov("swept: requestId={0} attempt={1} basis={2}", attempt.request(), attempt.attempt(), basis);
    }

    @Override
    public void leaseLost() {
        LOG.error("neither store could be told that this gateway lives: closing every upstream");
        closeUpstreams.run();
    }

    @Override
    public void checked(CheckReport report) {
        differences.set(report.differences().size());
        if (!report.isClean()) {
            LOG.errorv("the books do not agree: {0}", report);
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
