package io.weir.gateway.pipeline;

import io.weir.router.Candidate;
import io.weir.router.Engine;
import io.weir.router.EngineId;
import io.weir.router.ServedModel;
import io.weir.tenancy.pricing.PriceBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The engines of this gateway, and everybody on them who could answer now, at the price in force. */
public final class Engines {

    private final List<Engine> engines;
    private final PriceBook prices;

    public Engines(List<Engine> engines, PriceBook prices) {
        this.engines = List.copyOf(engines);
        this.prices = prices;
    }

    /** Every model of every engine, healthy or not, priced or not: the router says who is out and why. */
    public List<Candidate> candidates(Instant at) {
        List<Candidate> candidates = new ArrayList<>();
        for (Engine engine : engines) {
            for (ServedModel served : engine.models()) {
                candidates.add(new Candidate(
                        engine.id(),
                        engine.route(),
                        served.model(),
                        served.limits(),
                        served.residency(),
                        prices.at(served.model(), at).orElse(null),
                        served.health()));
            }
        }
        return candidates;
    }

    public Engine byId(EngineId id) {
        for (Engine engine : engines) {
            if (engine.id().equals(id)) {
                return engine;
            }
        }
        throw new IllegalArgumentException("no engine is called " + id);
    }
}
