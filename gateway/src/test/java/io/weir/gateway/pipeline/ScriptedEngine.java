package io.weir.gateway.pipeline;

import io.weir.router.CancelToken;
import io.weir.router.Candidate;
import io.weir.router.Deadline;
import io.weir.router.Engine;
import io.weir.router.EngineCall;
import io.weir.router.EngineId;
import io.weir.router.EngineStream;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Permit;
import io.weir.router.Route;
import io.weir.router.ServedModel;
import io.weir.router.score.Residency;
import io.weir.router.stream.StreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Says what it was told to say, and keeps what it was asked. */
final class ScriptedEngine implements Engine {

    final List<EngineCall> calls = new ArrayList<>();
    final List<Permit> permits = new ArrayList<>();
    int closed;
    Runnable beforeLast = () -> {};

    private final Route route;
    private final String model;
    private final List<StreamEvent> script;

    ScriptedEngine(Route route, String model, StreamEvent... script) {
        this.route = route;
        this.model = model;
        this.script = List.of(script);
    }

    @Override
    public EngineId id() {
        return new EngineId(route.label());
    }

    @Override
    public Route route() {
        return route;
    }

    @Override
    public List<ServedModel> models() {
        Residency residency = route == Route.ON_PREM ? Residency.PREMISES : Residency.REGION;
        return List.of(new ServedModel(new ModelId(model), new ModelLimits(4_096, 100), residency, Candidate.Health.UP));
    }

    @Override
    public EngineStream open(EngineCall call, Permit permit, CancelToken cancel) {
        calls.add(call);
        permits.add(permit);
        Deque<StreamEvent> events = new ArrayDeque<>(script);
        return new EngineStream() {
            @Override
            public StreamEvent next(Deadline deadline) {
                if (events.size() == 1) {
                    beforeLast.run();
                }
                return events.remove();
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }
}
