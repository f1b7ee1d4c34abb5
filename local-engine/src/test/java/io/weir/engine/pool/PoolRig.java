package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.EngineCall;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineId;
import io.weir.router.EngineStream;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.Permit;
import io.weir.router.RequestId;
import io.weir.router.Tasks;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.StreamEvent;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** A pool on a Vert.x of its own, and calls to drive it with. */
final class PoolRig implements AutoCloseable {

    static final EngineId ID = new EngineId("on-prem");
    static final Duration LONG = Duration.ofSeconds(20);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final OnPremEngine engine;

    PoolRig(URI url) {
        this(url, UnaryOperator.identity());
    }

    PoolRig(URI url, UnaryOperator<OnPremOptions> change) {
        engine = new OnPremEngine(vertx, change.apply(OnPremOptions.of(ID, url)), System::nanoTime, new VirtualTasks());
    }

    static EngineCall call(Delivery delivery) {
        return call("m", delivery, 16, Message.text(Message.Role.USER, "hi"));
    }

    static EngineCall call(String model, Delivery delivery, int cap, Message... messages) {
        ChatRequest.Answer answer = new ChatRequest.Answer(null, delivery == Delivery.STREAM, false, false);
        return new EngineCall(new ModelId(model), new ChatRequest(model, List.of(messages), Sampling.DEFAULT, answer, Attribution.NONE), cap, delivery);
    }

    EngineStream open(Delivery delivery) {
        return open(delivery, new CancelToken());
    }

    EngineStream open(Delivery delivery, CancelToken cancel) {
        return engine.open(call(delivery), permit(), cancel);
    }

    /** Every event of one call, the last one included. */
    List<StreamEvent> answer(Delivery delivery) {
        try (EngineStream stream = open(delivery)) {
            return drain(stream);
        }
    }

    static List<StreamEvent> drain(EngineStream stream) {
        List<StreamEvent> events = new ArrayList<>();
        while (true) {
            StreamEvent event = stream.next(soon());
            events.add(event);
            if (event instanceof StreamEvent.Finished || event instanceof StreamEvent.Broken) {
                assertThat(stream.next(soon())).isSameAs(event);
                return events;
            }
        }
    }

    static Deadline soon() {
        return Deadline.after(LONG, System::nanoTime);
    }

    static Deadline in(Duration wait) {
        return Deadline.after(wait, System::nanoTime);
    }

    static Permit permit() {
        return new TestPermit(new RequestId(new UUID(0, 1)), 1, Money.ZERO);
    }

    private record TestPermit(RequestId request, int attempt, Money ceiling) implements Permit {}

    @Override
    public void close() {
        engine.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Tasks on virtual threads, as the gateway has them. */
    static final class VirtualTasks implements Tasks {

        @Override
        public void start(String name, Runnable task) {
            Thread.ofVirtual().name(name).start(task);
        }

        @Override
        public Handle every(String name, Duration period, Runnable task) {
            Thread thread = Thread.ofVirtual().name(name).start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    task.run();
                    LockSupport.parkNanos(period.toNanos());
                }
            });
            return thread::interrupt;
        }
    }
}
