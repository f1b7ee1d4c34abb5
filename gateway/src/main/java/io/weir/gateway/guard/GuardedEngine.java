package io.weir.gateway.guard;

import io.smallrye.faulttolerance.api.TypedGuard;
import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.Engine;
import io.weir.router.EngineCall;
import io.weir.router.EngineId;
import io.weir.router.EngineStream;
import io.weir.router.Permit;
import io.weir.router.Route;
import io.weir.router.ServedModel;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * An engine behind a circuit breaker: after half of the last twenty first events failed, it is left alone for a second, then probed by one
 * call at a time. An open breaker answers at once, and nothing is spent. What fails after the first event does not count: the breaker guards
 * the way in. Repeats nothing: a further attempt needs a reservation of its own, and the pipeline makes it.
 */
public final class GuardedEngine implements Engine {

    private static final int LAST_CALLS = 20;
    private static final double FAILED = 0.5;
    private static final long LEFT_ALONE_MILLIS = 1_000;

    private final Engine engine;
    private final TypedGuard<StreamEvent> guard;

    public GuardedEngine(Engine engine) {
        this.engine = engine;
        this.guard = TypedGuard.create(StreamEvent.class)
                .withDescription("engine " + engine.id())
                .withCircuitBreaker()
                .requestVolumeThreshold(LAST_CALLS)
                .failureRatio(FAILED)
                .delay(LEFT_ALONE_MILLIS, ChronoUnit.MILLIS)
                .failOn(FirstEventFailed.class)
                .done()
                .build();
    }

    @Override
    public EngineId id() {
        return engine.id();
    }

    @Override
    public Route route() {
        return engine.route();
    }

    @Override
    public List<ServedModel> models() {
        return engine.models();
    }

    @Override
    public EngineStream open(EngineCall call, Permit permit, CancelToken cancel) {
        return new GuardedStream(() -> engine.open(call, permit, cancel));
    }

    private static boolean blamesEngine(BreakCause cause) {
        return switch (cause) {
            case UNREACHABLE, THROTTLED, UNAVAILABLE, SERVER_ERROR, MALFORMED, CUT, TIMED_OUT, DENIED -> true;
            case INVALID, CONTEXT_EXCEEDED, CANCELLED -> false;
        };
    }

    /** Opens a stream when it is first asked, inside the guard. */
    @FunctionalInterface
    private interface Opening {
        EngineStream open();
    }

    /** Opened by its reader; closed, perhaps never opened, by any thread. */
    private final class GuardedStream implements EngineStream {

        private final Opening opening;
        private volatile @Nullable EngineStream stream;
        private @Nullable Broken prevented;

        GuardedStream(Opening opening) {
            this.opening = opening;
        }

        @Override
        public StreamEvent next(Deadline deadline) {
            if (prevented != null) {
                return prevented;
            }
            EngineStream open = stream;
            return open != null ? open.next(deadline) : first(deadline);
        }

        private StreamEvent first(Deadline deadline) {
            try {
                return guard.call(() -> {
                    EngineStream opened = opening.open();
                    stream = opened;
                    StreamEvent event = opened.next(deadline);
                    if (event instanceof Broken broken && blamesEngine(broken.cause())) {
                        throw new FirstEventFailed(broken);
                    }
                    return event;
                });
            } catch (FirstEventFailed failed) {
                return failed.broken;
            } catch (CircuitBreakerOpenException open) {
                prevented = new Broken(BreakCause.UNAVAILABLE, Spent.NOTHING);
                return prevented;
            } catch (RuntimeException fault) {
                throw fault;
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
        }

        @Override
        public void close() {
            EngineStream open = stream;
            if (open != null) {
                open.close();
            }
        }
    }

    /** Tells the breaker of a first event that was none; never leaves this class. */
    private static final class FirstEventFailed extends RuntimeException {

        private final transient Broken broken;

        FirstEventFailed(Broken broken) {
            super(broken.cause().name(), null, false, false);
            this.broken = broken;
        }
    }
}
