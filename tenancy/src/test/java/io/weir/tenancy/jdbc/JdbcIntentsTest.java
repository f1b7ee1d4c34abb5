package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.router.Money;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Periods;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.SystemOfRecord;
import io.weir.tenancy.admission.SystemOfRecord.Recorded;
import io.weir.tenancy.testing.Books;
import io.weir.tenancy.testing.Gateway;
import io.weir.tenancy.testing.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How intents get on record: one round trip that is one transaction under the organisation's lock. */
class JdbcIntentsTest {

    private static final UUID START = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");

    private TestPostgres.Database database;
    private SystemOfRecord record;
    private Books books;

    @BeforeEach
    void begin() {
        database = TestPostgres.database();
        books = new Books(database.migrator());
        record = JdbcSystemOfRecord.over(database.application(), Gateway.ORGANISATION);
        record.starts().register(START, "gateway", Duration.ofSeconds(15));
        record.epochs().advance(0, "run", Periods.at(NOW).current().from());
    }

    @AfterEach
    void end() {
        database.drop();
    }

    private static Held held(long epoch) {
        Claim claim = Gateway.claim("acme", Gateway.budget(1_000), 100);
        Grant grant = new Grant(claim, Money.ofNanos(100), 100, epoch, Periods.at(NOW).current());
        return new Held(grant, Gateway.booking());
    }

    @Test
    void whatIsRecordedIsReadBackWhole() {
        // Given
        Held held = held(1);

        // When
        List<Recorded> answers = record.intents().record(START, List.of(held));

        // Then
        assertThat(answers).containsExactly(Recorded.ON_RECORD);
        assertThat(record.intents().openOf(START, 10)).singleElement().satisfies(open -> {
            assertThat(open.booking().tags()).isEqualTo(held.booking().tags());
            assertThat(open.booking().price()).isEqualTo(held.booking().price());
            assertThat(open.grant().period()).isEqualTo(held.grant().period());
            assertThat(open.ceiling()).isEqualTo(held.ceiling());
            assertThat(open.grant().claim().caller().tenant()).isEqualTo(held.grant().claim().caller().tenant());
        });
    }

    @Test
    void theInsertRunsUnderTheSharedLockWithAnAsynchronousCommit() {
        // Given
        books.execute(
                """
                CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND mode = 'ShareLock')
                        OR current_setting('synchronous_commit') <> 'off' THEN
                        RAISE EXCEPTION 'not in the transaction of the lock';
                    END IF;
                    RETURN NEW;
                END $$
                """);
        books.execute("CREATE TRIGGER look BEFORE INSERT ON intent FOR EACH ROW EXECUTE FUNCTION look()");

        // When
        List<Recorded> answers = record.intents().record(START, List.of(held(1)));

        // Then
        assertThat(answers).containsExactly(Recorded.ON_RECORD);
    }

    @Test
    void anIntentThatWaitedForANewEpochSeesIt() throws Exception {
        // Given
        CompletableFuture<List<Recorded>> answers;
        try (Connection seeder = database.migrator().getConnection();
                Statement statement = seeder.createStatement()) {
            seeder.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(1464093010, hashtext('default'))");
            answers = CompletableFuture.supplyAsync(() -> record.intents().record(START, List.of(held(1))));
            await().until(() -> books.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                    .equals(List.of("1")));

            // When
            statement.execute("UPDATE epoch SET epoch = 2");
            seeder.commit();
        }

        // Then
        assertThat(answers.get()).containsExactly(Recorded.EPOCH_GONE);
        assertThat(books.intents()).isZero();
    }

    @Test
    void oneThatPostgresRefusesDoesNotTakeTheOthersWithIt() {
        // Given
        Held good = held(1);
        Booking booking = good.booking();
        Booking broken = new Booking(booking.model(), booking.engine(), booking.route(), booking.price(), 1, 1, NOW, Map.of(), "not json");

        // When
        List<Recorded> answers = record.intents().record(START, List.of(good, new Held(held(1).grant(), broken), held(7)));

        // Then
        assertThat(answers).containsExactly(Recorded.ON_RECORD, Recorded.INVALID, Recorded.EPOCH_GONE);
        assertThat(books.intents()).isEqualTo(1);
    }

    @Test
    void tagsWithEveryCharacterSurvive() {
        // Given
        Held held = held(1);
        Booking booking = held.booking();
        Map<String, String> tags = Map.of("a\"\\\n\t\u0001", "\u2028 ü 漢 😀", "nul", "x\u0000y");
        Booking tagged = new Booking(booking.model(), booking.engine(), booking.route(), booking.price(), 1, 1, NOW, tags, "{}");

        // When
        record.intents().record(START, List.of(new Held(held.grant(), tagged)));

        // Then
        assertThat(record.intents().openOf(START, 1).getFirst().booking().tags())
                .isEqualTo(Map.of("a\"\\\n\t\u0001", "\u2028 ü 漢 😀", "nul", "x\uFFFDy"));
    }
}
