package io.weir.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.router.Money;
import io.weir.tenancy.testing.Books;
import io.weir.tenancy.testing.CrashVictim;
import io.weir.tenancy.testing.Gateway;
import io.weir.tenancy.testing.TestPostgres;
import io.weir.tenancy.testing.TestRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A process dies at every named point; after its next start each call is in the ledger once, nothing is held, and the sums are those of DESIGN.md 7.7. */
class CrashPointsTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** What is booked for the one call of the victim, by the point it died at. */
    private static final Map<String, List<String>> EXPECTED = Map.of(
            CrashPoints.AFTER_EPOCH_PG, List.of(),
            CrashPoints.AFTER_RESERVE, List.of("1 USAGE  VOID 0 expired"),
            CrashPoints.AFTER_INTENT, List.of("1 USAGE  HELD_FULL 100 expired"),
            CrashPoints.AFTER_CHECKPOINT, List.of("1 USAGE  FLOOR 22 expired"),
            CrashPoints.BEFORE_SETTLE_PG, List.of("1 USAGE  FLOOR 22 expired"),
            CrashPoints.AFTER_SETTLE_PG, List.of("1 USAGE  METERED 40 completed"),
            CrashPoints.AFTER_SETTLE_REDIS, List.of("1 USAGE  METERED 40 completed"));

    private static ClientResources resources;

    @BeforeAll
    static void open() {
        resources = DefaultClientResources.create();
    }

    @AfterAll
    static void shut() {
        resources.shutdown(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static List<String> points() {
        return CrashPoints.ALL;
    }

    @Test
    void everyPointHasItsExpectation() {
        assertThat(EXPECTED.keySet()).containsExactlyInAnyOrderElementsOf(CrashPoints.ALL);
    }

    @ParameterizedTest
    @MethodSource("points")
    void theNextStartPutsTheBooksRight(String point) throws IOException, InterruptedException {
        // Given
        TestPostgres.Database database = TestPostgres.database();
        Books books = new Books(database.migrator());
        try (TestRedis redis = new TestRedis()) {
            assertThat(die(database, redis, point)).isEqualTo(CrashVictim.KILLED);

            // When
            try (Gateway next = new Gateway(Gateway.Setting.of(database, redis, resources).named("victim")).ready()) {
                putRight(next, books, redis);

                // Then
                long sum = EXPECTED.get(point).stream().mapToLong(row -> Long.parseLong(row.split(" ")[4])).sum();
                assertThat(books.rows()).isEqualTo(EXPECTED.get(point));
                assertThat(books.intents()).isZero();
                assertThat(next.core().checkNow().isClean()).isTrue();
                if (!EXPECTED.get(point).isEmpty()) {
                    assertThat(books.counter(redis, "acme")).isEqualTo(new Counters.Sums(Money.ofNanos(sum), Money.ZERO));
                }
            }
        } finally {
            database.drop();
        }
    }

    private static int die(TestPostgres.Database database, TestRedis redis, String point) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String url = ((PGSimpleDataSource) database.application()).getUrl();
        Process victim = new ProcessBuilder(
                        java, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                        CrashVictim.class.getName(), url, redis.url(), point)
                .inheritIO()
                .start();
        try {
            assertThat(victim.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return victim.exitValue();
        } finally {
            victim.destroyForcibly();
        }
    }

    /** Time passes: the dead start's lease lapses, its holds grow old, the sweeper comes round. */
    private static void putRight(Gateway next, Books books, TestRedis redis) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
            String prefix = "weir:{default}:e" + books.epoch() + ":";
            String dead = books.query("SELECT start_id FROM gateway_start ORDER BY sequence").getFirst();
            books.execute("UPDATE gateway_start SET lease_until = now() - interval '1 second' WHERE start_id = '" + dead + "'");
            redis.ask(commands -> {
                commands.del(prefix + "l:" + dead);
                commands.zrange(prefix + "holds", 0, -1)
                        .forEach(name -> commands.zincrby(prefix + "holds", -TimeUnit.SECONDS.toMillis(31), name));
                return true;
            });
            next.core().sweepNow();
            next.awaitSettled();
            return books.intents() == 0 && books.holds(redis) == 0;
        });
    }
}
