package io.weir.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.router.Money;
import io.weir.tenancy.testing.Books;
import io.weir.tenancy.testing.Gateway;
import io.weir.tenancy.testing.TestPostgres;
import io.weir.tenancy.testing.TestRedis;
import io.weir.router.stream.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole protocol on a real Redis and a real PostgreSQL. */
class ReservationProtocolTest {

    private static ClientResources resources;

    private TestPostgres.Database database;
    private TestRedis redis;
    private Books books;
    private Gateway gateway;

    @BeforeAll
    static void open() {
        resources = DefaultClientResources.create();
    }

    @AfterAll
    static void shut() {
        resources.shutdown(0, 2, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    @BeforeEach
    void start() {
        database = TestPostgres.database();
        redis = new TestRedis();
        books = new Books(database.migrator());
        gateway = gateway("gateway-a");
        gateway.ready();
    }

    @AfterEach
    void end() {
        gateway.close();
        redis.close();
        database.drop();
    }

    private Gateway gateway(String name) {
        return new Gateway(Gateway.Setting.of(database, redis, resources).named(name));
    }

    @Test
    void aCallIsHeldRecordedAndBookedOnce() {
        // Given
        Claim claim = Gateway.claim("acme", Gateway.budget(1_000), 100);

        // When
        Reservation.Held held = gateway.hold(claim);
        gateway.reservations().close(held.settle(Gateway.used(40), "completed"));
        gateway.reservations().close(held.settle(Gateway.used(41), "completed"));
        gateway.awaitSettled();

        // Then
        assertThat(books.rows()).containsExactly("1 USAGE  METERED 40 completed");
        assertThat(books.intents()).isZero();
        assertThat(gateway.core().checkNow().isClean()).isTrue();
        assertThat(books.counter(redis, "acme")).isEqualTo(new Counters.Sums(Money.ofNanos(40), Money.ZERO));
    }

    @Test
    void whatAnEngineDeliversAboveItsCapIsAnOverrun() {
        // Given
        Reservation.Held held = gateway.hold(Gateway.claim("acme", Gateway.budget(1_000), 100));

        // When
        gateway.reservations().close(held.settle(Gateway.used(130), "completed"));
        gateway.awaitSettled();

        // Then
        assertThat(books.rows()).containsExactly("1 USAGE  METERED 100 completed", "1 OVERRUN  METERED 30 completed");
        assertThat(books.counter(redis, "acme")).isEqualTo(new Counters.Sums(Money.ofNanos(130), Money.ZERO));
    }

    @Test
    void aGrantThatIsReleasedLeavesNothing() {
        // Given
        Admission.Granted granted = (Admission.Granted) gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(100), 100));

        // When
        gateway.reservations().release(granted.grant());
        gateway.awaitSettled();

        // Then
        assertThat(books.rows()).isEmpty();
        assertThat(books.counter(redis, "acme")).isEqualTo(Counters.Sums.ZERO);
        assertThat(books.holds(redis)).isZero();
    }

    @Test
    void aBurstOverTwoGatewaysHoldsExactlyTheBudget() throws InterruptedException {
        // Given
        try (Gateway second = gateway("gateway-b").ready()) {
            Map<String, AtomicInteger> answers = new ConcurrentSkipListMap<>();
            List<Reservation.Held> held = java.util.Collections.synchronizedList(new ArrayList<>());
            CountDownLatch done = new CountDownLatch(200);

            // When
            for (int i = 0; i < 200; i++) {
                Gateway one = i % 2 == 0 ? gateway : second;
                Thread.ofVirtual().start(() -> {
                    try {
                        Admission admission = one.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 100));
                        String answer = switch (admission) {
                            case Admission.Granted granted -> {
                                Reservations.Intended intended = one.reservations().intend(granted.grant(), Gateway.booking());
                                held.add(((Reservations.Intended.Held) intended).held());
                                yield "granted";
                            }
                            case Admission.Refused refused -> refused.cause().name();
                        };
                        answers.computeIfAbsent(answer, name -> new AtomicInteger()).incrementAndGet();
                    } finally {
                        done.countDown();
                    }
                });
            }
            done.await();

            // Then
            assertThat(answers).hasToString("{BUDGET_HELD=190, granted=10}");
            held.forEach(one -> gateway.reservations().close(one.settle(Gateway.used(99), "completed")));
            held.forEach(one -> second.reservations().close(one.settle(Gateway.used(99), "completed")));
            gateway.awaitSettled();
            second.awaitSettled();
            assertThat(books.sum()).isEqualTo(990);
            assertThat(books.counter(redis, "acme")).isEqualTo(new Counters.Sums(Money.ofNanos(990), Money.ZERO));
            assertThat(gateway.core().checkNow().differences()).isEmpty();
        }
    }
}
