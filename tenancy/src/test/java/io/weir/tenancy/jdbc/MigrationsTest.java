package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenancy.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {

    private static final String ENTRY = """
            INSERT INTO ledger_entry (request_id, attempt, kind, basis, organisation, tenant, project, key_id, subject, tags, model, engine, route,
              price_version, input_fresh, cache_read, cache_write, output, reasoning, amount_nanos, outcome, epoch, period_from, decision, effective_at)
            VALUES ('00000000-0000-7000-8000-000000000001', 1, 'USAGE', 'METERED', 'default', 'acme', 'default', 'k1', 's', '{}', 'm', 'e', 'on-prem',
              1, 1, 0, 0, 1, 0, 5, 'completed', 1, '2026-11-01Z', '{}', '2026-11-22Z')""";

    private static TestPostgres.Database unchanged;

    @BeforeAll
    static void start() {
        unchanged = TestPostgres.database();
    }

    @Test
    void listsEveryFileOfItsFolder() throws IOException {
        // Given
        Path folder = SqlFilesTest.folder().resolve("migration");

        // When
        List<String> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.map(file -> file.getFileName().toString()).sorted().toList();
        }

        // Then
        assertThat(Migrations.FILES).containsExactlyElementsOf(found);
    }

    @Test
    void twoGatewaysThatStartAtOnceMigrateOnce() throws Exception {
        // Given
        TestPostgres.Database database = TestPostgres.emptyDatabase();
        CountDownLatch together = new CountDownLatch(2);

        // When
        try (ExecutorService gateways = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = Stream.<Runnable>generate(() -> () -> {
                        together.countDown();
                        await(together);
                        Migrations.run(database.migrator());
                    })
                    .limit(2)
                    .<Future<?>>map(gateways::submit)
                    .toList();
            for (Future<?> run : runs) {
                run.get();
            }
        }

        // Then
        assertThat(Queries.text(database.application(), "SELECT version FROM directory_version")).isEqualTo("0");
        assertThat(Queries.text(database.migrator(), "SELECT count(*) FROM flyway_schema_history WHERE success"))
                .isEqualTo(String.valueOf(Migrations.FILES.size()));
    }

    @Test
    void runningAgainChangesNothing() throws Exception {
        // Given
        TestPostgres.Database database = TestPostgres.database();
        TestPostgres.execute(database.application(), "UPDATE directory_version SET version = 41");

        // When
        Migrations.run(database.migrator());

        // Then
        assertThat(Queries.text(database.application(), "SELECT version FROM directory_version")).isEqualTo("41");
    }

    @Test
    void theApplicationMayAddToTheLedger() throws Exception {
        // Given
        TestPostgres.Database database = TestPostgres.database();

        // When
        TestPostgres.execute(database.application(), ENTRY);

        // Then
        assertThat(Queries.text(database.application(), "SELECT sum(amount_nanos) FROM ledger_entry")).isEqualTo("5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger_entry SET amount_nanos = 0",
                "DELETE FROM ledger_entry",
                "TRUNCATE ledger_entry",
                "UPDATE price SET output = 0",
                "DELETE FROM price",
                "DELETE FROM tenant",
                "DELETE FROM api_key",
                "DELETE FROM epoch",
                "UPDATE intent SET held_nanos = 0",
                "DELETE FROM directory_version",
                "DROP TABLE ledger_entry",
                "CREATE TABLE own (id int)"
            })
    void theApplicationMayNot(String statement) {
        // When / Then: all against one database, since none of it has an effect
        assertThatThrownBy(() -> run(unchanged.application(), statement))
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
    }

    private static void run(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
