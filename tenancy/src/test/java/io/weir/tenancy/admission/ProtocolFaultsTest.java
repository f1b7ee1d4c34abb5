package io.weir.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.router.Money;
import io.weir.tenancy.testing.Books;
import io.weir.tenancy.testing.Gateway;
import io.weir.tenancy.testing.LossyStore;
import io.weir.tenancy.testing.TestPostgres;
import io.weir.tenancy.testing.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong, on a real Redis and a real PostgreSQL. */
class ProtocolFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(40);
    private static ClientResources resources;

    private TestPostgres.Database database;
    private TestRedis redis;
    private Books books;
    private LossyStore lossy;
    private Gateway gateway;

    @BeforeAll
    static void open() {
        resources = DefaultClientResources.create();
    }

    @AfterAll
    static void shut() {
        resources.shutdown(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @BeforeEach
    void start() {
        database = TestPostgres.database();
        redis = new TestRedis();
        books = new Books(database.migrator());
        Gateway.Setting setting = Gateway.Setting.of(database, redis, resources);
        lossy = new LossyStore(setting.store());
        gateway = new Gateway(setting.over(lossy.store())).ready();
    }

    @AfterEach
    void end() {
        gateway.close();
        redis.close();
        database.drop();
    }

    private Gateway another(String name) {
        return new Gateway(Gateway.Setting.of(database, redis, resources).named(name)).ready();
    }

    private Reservation.Held hold(long nanos) {
        return gateway.hold(Gateway.claim("acme", Gateway.budget(1_000), nanos));
    }

    private void book(Reservation.Ended ended) {
        gateway.reservations().close(ended);
        gateway.awaitSettled();
    }

    private void expectCounter(long settled, long held) {
        assertThat(books.counter(redis, "acme")).isEqualTo(new Counters.Sums(Money.ofNanos(settled), Money.ofNanos(held)));
    }

    /** Every lease of a name lapses in both stores. */
    private void lapse(String name) {
        books.execute("UPDATE gateway_start SET lease_until = now() - interval '1 second' WHERE name = '" + name + "'");
        List<String> starts = books.query("SELECT start_id FROM gateway_start WHERE name = '" + name + "'");
        starts.forEach(start -> redis.ask(commands -> commands.del("weir:{default}:e" + books.epoch() + ":l:" + start)));
    }

    /** Every hold looks so much older. */
    private void age(Duration by) {
        String holds = "weir:{default}:e" + books.epoch() + ":holds";
        redis.ask(commands -> {
            commands.zrange(holds, 0, -1).forEach(name -> commands.zincrby(holds, -by.toMillis(), name));
            return true;
        });
    }

    private void sweepUntilNoIntent(Gateway sweeper, String lapsing) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
            lapse(lapsing);
            sweeper.core().sweepNow();
            sweeper.awaitSettled();
            return books.intents() == 0;
        });
    }

    private void awaitEpoch(long epoch) {
        await().atMost(LONG).until(() -> gateway.core().health().epoch() >= epoch);
    }

    @Test
    void aFlushedRedisIsSeededFromTheLedgerAndOpenIntents() {
        // Given
        book(hold(100).settle(Gateway.used(40), "completed"));
        Reservation.Held open = hold(100);

        // When
        redis.ask(commands -> commands.flushall());
        Admission refused = gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 1));

        // Then
        assertThat(refused).isEqualTo(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        awaitEpoch(2);
        expectCounter(40, 100);
        book(open.settle(Gateway.used(70), "completed"));
        expectCounter(110, 0);
        assertThat(gateway.core().checkNow().isClean()).isTrue();
    }

    @Test
    void oneLostCounterMakesANewEpoch() {
        // Given
        book(hold(100).settle(Gateway.used(40), "completed"));
        redis.ask(commands -> commands.del(commands.keys("weir:{default}:e1:b:*").getFirst()));

        // When
        Admission refused = gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 1));

        // Then
        assertThat(refused).isEqualTo(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        awaitEpoch(2);
        expectCounter(40, 0);
    }

    @Test
    void aKilledRedisRefusesAndComesBackInANewEpoch() {
        // Given
        Reservation.Held open = hold(100);
        redis.kill();

        // When
        Admission refused = gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 1));
        gateway.reservations().close(open.settle(Gateway.used(30), "completed"));
        await().atMost(LONG).until(() -> books.rows().size() == 1);
        redis.restart();

        // Then
        assertThat(refused).isEqualTo(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        awaitEpoch(2);
        gateway.awaitSettled();
        expectCounter(30, 0);
        assertThat(gateway.core().checkNow().isClean()).isTrue();
    }

    @Test
    void aGrantOfAnEndedEpochIsAskedAgainInThePresentOne() {
        // Given
        Admission.Granted granted =
                (Admission.Granted) gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 100));
        redis.ask(commands -> commands.flushall());
        gateway.reservations().probe(Gateway.claim("acme", Gateway.budget(1_000), 1));
        awaitEpoch(2);

        // When
        Reservations.Intended intended = gateway.reservations().intend(granted.grant(), Gateway.booking());

        // Then
        assertThat(((Reservations.Intended.Held) intended).held().grant().epoch()).isEqualTo(2);
        expectCounter(0, 100);
        book(((Reservations.Intended.Held) intended).held().settle(Gateway.used(5), "completed"));
        expectCounter(5, 0);
    }

    @Test
    void anAttemptThatIsBookedGetsNoIntent() {
        // Given
        Claim claim = Gateway.claim("acme", Gateway.budget(1_000), 100);
        book(gateway.hold(claim).settle(Gateway.used(40), "completed"));
        Admission.Granted again = (Admission.Granted) gateway.reservations().reserve(claim);

        // When
        Reservations.Intended intended = gateway.reservations().intend(again.grant(), Gateway.booking());

        // Then
        assertThat(intended).isEqualTo(new Reservations.Intended.Refused(new Admission.Refused(RefusalCause.STORES_AWAY, null)));
        gateway.awaitSettled();
        expectCounter(40, 0);
    }

    @Test
    void lostAnswersBookNothingTwice() {
        // Given
        Reservation.Held first = hold(100);
        Reservation.Held second = hold(100);

        // When
        gateway.commits().loseNext(3);
        lossy.loseNext("apply", 3);
        gateway.reservations().close(first.settle(Gateway.used(40), "completed"));
        gateway.reservations().close(second.settle(Gateway.used(130), "completed"));
        await().atMost(LONG).until(() -> gateway.commits().left() == 0 && lossy.left() == 0);
        gateway.awaitSettled();

        // Then
        assertThat(books.rows()).containsExactlyInAnyOrder(
                "1 USAGE  METERED 40 completed", "1 USAGE  METERED 100 completed", "1 OVERRUN  METERED 30 completed");
        expectCounter(170, 0);
        assertThat(gateway.core().checkNow().isClean()).isTrue();
    }

    @Test
    void aLostAnswerToAReserveLeavesNoHold() {
        // Given
        book(hold(1).settle(Gateway.used(1), "completed"));
        lossy.loseNext("reserve", 1);

        // When
        Admission refused = gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 100));
        gateway.awaitSettled();

        // Then
        assertThat(refused).isEqualTo(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        expectCounter(1, 0);
        assertThat(books.holds(redis)).isZero();
    }

    @Test
    void whilePostgresIsAwayNothingIsAdmittedAndEndsAreKept() {
        // Given
        Reservation.Held open = hold(100);
        Admission.Granted granted = (Admission.Granted) gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 50));
        gateway.postgres().disconnect();

        // When
        Reservations.Intended intended = gateway.reservations().intend(granted.grant(), Gateway.booking());
        gateway.reservations().close(open.settle(Gateway.used(40), "completed"));
        Admission refused = gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 1));

        // Then
        assertThat(intended).isInstanceOf(Reservations.Intended.Refused.class);
        assertThat(refused).isEqualTo(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        assertThat(gateway.core().health().state()).isEqualTo(StoreHealth.State.POSTGRESQL_AWAY);
        gateway.postgres().reconnect();
        gateway.ready();
        gateway.awaitSettled();
        assertThat(books.rows()).containsExactlyInAnyOrder("1 USAGE  VOID 0 refused", "1 USAGE  METERED 40 completed");
        expectCounter(40, 0);
    }

    @Test
    void aCrashOfPostgresLosesNoOpenIntent() throws Exception {
        // Given
        book(hold(100).settle(Gateway.used(40), "completed"));
        Reservation.Held open = hold(100);
        try (var connection = database.migrator().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();

            // When
            ProcessHandle.of(row.getInt(1)).orElseThrow().destroyForcibly();
        } catch (java.sql.SQLException gone) {
            assertThat(gone.getSQLState()).isEqualTo("08006");
        }

        // Then
        await().atMost(LONG).ignoreExceptions().until(() -> books.intents() == 1 && gateway.core().health().isReady());
        book(open.settle(Gateway.used(70), "completed"));
        assertThat(books.rows()).containsExactly("1 USAGE  METERED 40 completed", "1 USAGE  METERED 70 completed");
        expectCounter(110, 0);
    }

    @Test
    void aLapsedGatewayIsBookedInFullAndItsLateCountOnlyLowersTheSum() {
        // Given
        Reservation.Held open = hold(100);
        try (Gateway other = another("gateway-b")) {

            // When
            sweepUntilNoIntent(other, "gateway-a");
            gateway.reservations().close(open.settle(Gateway.used(130), "completed"));
            gateway.awaitSettled();

            // Then
            assertThat(books.rows()).containsExactly("1 USAGE  HELD_FULL 100 expired", "1 OVERRUN  METERED 30 completed");
            expectCounter(130, 0);
        }
    }

    @Test
    void aLateCountBelowTheHoldIsAnAdjustment() {
        // Given
        Reservation.Held open = hold(100);
        try (Gateway other = another("gateway-b")) {

            // When
            sweepUntilNoIntent(other, "gateway-a");
            gateway.reservations().close(open.settle(Gateway.used(40), "completed"));
            gateway.awaitSettled();

            // Then
            assertThat(books.rows()).containsExactly("1 USAGE  HELD_FULL 100 expired", "1 ADJUSTMENT late METERED -60 completed");
            expectCounter(40, 0);
            assertThat(other.core().checkNow().isClean()).isTrue();
        }
    }

    @Test
    void aGatewayProvenDeadIsBookedAtWhatItHadDelivered() {
        // Given
        Reservation.Held noted = hold(100);
        hold(100);
        gateway.reservations().checkpoint(noted, 12);
        gateway.core().checkpointNow();
        gateway.die();

        // When
        try (Gateway next = another("gateway-a")) {
            await().atMost(LONG).until(() -> {
                books.execute("UPDATE gateway_start SET lease_until = now() WHERE sequence = 1");
                String first = books.query("SELECT start_id FROM gateway_start ORDER BY sequence").getFirst();
                redis.ask(commands -> commands.del("weir:{default}:e" + books.epoch() + ":l:" + first));
                next.core().sweepNow();
                next.awaitSettled();
                return books.intents() == 0;
            });

            // Then
            assertThat(books.rows()).containsExactlyInAnyOrder("1 USAGE  FLOOR 22 expired", "1 USAGE  HELD_FULL 100 expired");
            expectCounter(122, 0);
        }
    }

    @Test
    void aLivingGatewayIsNotSwept() {
        // Given
        hold(100);
        try (Gateway other = another("gateway-b")) {
            await().atMost(LONG).until(() -> books.query(
                            "SELECT now() > greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) + interval '15 seconds'")
                    .equals(List.of("t")));
            books.execute("UPDATE gateway_start SET lease_until = now() - interval '1 second' WHERE name = 'gateway-a'");

            // When
            other.core().sweepNow();

            // Then
            assertThat(books.intents()).isEqualTo(1);
            assertThat(books.rows()).isEmpty();
        }
    }

    @Test
    void aLeakedHoldIsEnded() {
        // Given
        gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 100));
        gateway.reservations().reserve(Gateway.claim("acme", Gateway.budget(1_000), 70));
        hold(50);
        String sent = redis.ask(commands -> commands.zrange("weir:{default}:e1:holds", 0, -1).stream()
                .filter(name -> "70".equals(commands.hget("weir:{default}:e1:h:" + name, "nanos")))
                .findFirst()
                .orElseThrow());
        redis.ask(commands -> commands.hset("weir:{default}:e1:h:" + sent, Map.of("delivered", "3", "booking", "small\non-prem\non-prem\n1")));
        age(Duration.ofSeconds(31));

        // When
        gateway.core().sweepNow();
        gateway.awaitSettled();

        // Then
        assertThat(books.rows()).containsExactlyInAnyOrder("1 USAGE  VOID 0 expired", "1 USAGE  HELD_FULL 70 expired");
        expectCounter(70, 50);
        assertThat(books.holds(redis)).isEqualTo(1);
    }

    @Test
    void theCheckerFindsAPlantedDifference() {
        // Given
        book(hold(100).settle(Gateway.used(40), "completed"));
        assertThat(gateway.core().checkNow().isClean()).isTrue();
        redis.ask(commands -> commands.hincrby(commands.keys("weir:{default}:e1:b:*").getFirst(), "settled", 5));

        // When
        CheckReport report = gateway.core().checkNow();

        // Then
        assertThat(report.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.store()).isEqualTo(new Counters.Sums(Money.ofNanos(45), Money.ZERO));
            assertThat(difference.ledger()).isEqualTo(new Counters.Sums(Money.ofNanos(40), Money.ZERO));
        });
        assertThat(gateway.core().health().lastCheck()).contains(report);
    }

    @Test
    void theCheckerFindsAnIntentWithoutAnOwner() {
        // Given
        hold(100);
        gateway.die();
        books.execute("UPDATE gateway_start SET lease_until = now() - interval '61 seconds'");
        try (Gateway other = another("gateway-b")) {

            // When
            CheckReport report = other.core().checkNow();

            // Then
            assertThat(report.intentsWithoutOwner()).isEqualTo(1);
        }
    }

    @Test
    void aCleanSecondStartUsesTheSameEpochAtOnce() {
        // Given
        book(hold(100).settle(Gateway.used(40), "completed"));
        gateway.close();

        // When
        gateway = another("gateway-a");

        // Then
        assertThat(gateway.core().health().epoch()).isEqualTo(1);
        expectCounter(40, 0);
        assertThat(books.query("SELECT count(*) FROM gateway_start WHERE ended_at IS NOT NULL")).containsExactly("1");
    }

    @Test
    void aGatewayThatReachesNeitherStoreIsToldToCloseItsUpstreams() {
        // Given
        AtomicInteger told = new AtomicInteger();
        ProtocolListener listener = new ProtocolListener() {
            @Override
            public void leaseLost() {
                told.incrementAndGet();
            }
        };
        TestPostgres.Database own = TestPostgres.database();
        try (TestRedis other = new TestRedis();
                Gateway lonely = new Gateway(Gateway.Setting.of(own, other, resources).toldTo(listener)).ready()) {

            // When
            lonely.postgres().disconnect();
            other.kill();

            // Then
            await().atMost(LONG).until(() -> told.get() == 1);
        }
        own.drop();
    }

    @Test
    void anIntentRecordedWhileItsEndWasBookedIsForgotten() {
        // Given
        Reservation.Held open = hold(100);
        books.execute("CREATE TABLE saved AS SELECT * FROM intent");
        book(open.settle(Gateway.used(40), "completed"));
        books.execute("INSERT INTO intent SELECT * FROM saved");

        // When
        await().atMost(LONG).until(() -> {
            gateway.core().sweepNow();
            return books.intents() == 0;
        });

        // Then
        assertThat(books.rows()).containsExactly("1 USAGE  METERED 40 completed");
        expectCounter(40, 0);
    }
}
