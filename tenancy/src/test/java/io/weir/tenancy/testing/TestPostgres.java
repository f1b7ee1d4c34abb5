package io.weir.tenancy.testing;

import io.weir.tenancy.jdbc.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL with the product's roles, one for the whole suite, ended with the JVM. Each {@link Database} is a fresh one with the
 * schema of the product's own migrations.
 */
public final class TestPostgres {

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final EmbeddedPostgres server;

    private TestPostgres() {
        try {
            server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("synchronous_commit", "on") // as in the product: a crash loses asynchronous commits alone
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute(server.getPostgresDatabase(), "CREATE ROLE weir_migrator LOGIN", "CREATE ROLE weir_app LOGIN");
    }

    /** A database of its own with the schema. */
    public static Database database() {
        Database database = emptyDatabase();
        Migrations.run(database.migrator());
        return database;
    }

    /** A database of its own with nothing in it. */
    public static Database emptyDatabase() {
        EmbeddedPostgres server = Shared.INSTANCE.server;
        String name = "weir_" + NEXT.incrementAndGet();
        execute(server.getPostgresDatabase(), "CREATE DATABASE " + name + " OWNER weir_migrator");
        return new Database(server.getDatabase("weir_migrator", name), server.getDatabase("weir_app", name));
    }

    /** Runs statements, each for itself. */
    public static void execute(DataSource dataSource, String... statements) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param migrator connects as the owner
     * @param application connects as {@code weir_app}
     */
    public record Database(DataSource migrator, DataSource application) {

        /** Removes it; a suite's databases take long to delete at once when the JVM ends. */
        public void drop() {
            String name = ((PGSimpleDataSource) application).getDatabaseName();
            execute(Shared.INSTANCE.server.getPostgresDatabase(), "DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    private static final class Shared {
        private static final TestPostgres INSTANCE = new TestPostgres();
    }
}
