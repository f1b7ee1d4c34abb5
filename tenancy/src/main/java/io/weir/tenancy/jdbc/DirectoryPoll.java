package io.weir.tenancy.jdbc;

import io.weir.router.Tasks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a copy of a few tables in memory up to date, by the row {@code directory_version} that every change of them increments under its row
 * lock: who has seen version v misses nothing when it asks for rows above v. Polls and this replica's own changes take turns, so that a poll
 * that read before a change cannot undo it in memory.
 */
final class DirectoryPoll implements AutoCloseable {

    /** A revocation must be known everywhere within 2 s: one period and two queries, with room for a slow one. */
    static final Duration PERIOD = Duration.ofMillis(500);

    /** Lower than any version: asks for every row. */
    static final long EVERYTHING = -1;

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryPoll.class);
    private static final String VERSION = Sql.load("directory-version");
    private static final String NEXT_VERSION = Sql.load("directory-next-version");

    private final String name;
    private final DataSource dataSource;
    private final Tasks tasks;
    private final Loader loader;
    private final ReentrantLock turn = new ReentrantLock();
    private long seen = EVERYTHING;
    private boolean failing;
    private Tasks.@Nullable Handle series;

    DirectoryPoll(String name, DataSource dataSource, Tasks tasks, Loader loader) {
        this.name = name;
        this.dataSource = dataSource;
        this.tasks = tasks;
        this.loader = loader;
    }

    /** Loads everything, then begins to poll. Called once. */
    void start() {
        turn.lock();
        try {
            refresh();
            series = tasks.every(name + "-poll", PERIOD, this::poll);
        } catch (SQLException e) {
            throw Failures.of("load " + name, e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (series != null) {
                series.close();
                series = null;
            }
        } finally {
            turn.unlock();
        }
    }

    /**
     * One transaction that changes rows, under a new version, and, once it is committed, what this replica holds of them.
     *
     * @param what for messages
     * @param change makes the change
     * @param committed takes its result over into memory
     */
    <T> T change(String what, Change<T> change, Consumer<T> committed) {
        turn.lock();
        try (Connection connection = dataSource.getConnection()) {
            T result = inTransaction(connection, change);
            committed.accept(result);
            return result;
        } catch (SQLException e) {
            seen = EVERYTHING; // whether it was committed is unknown: the next poll finds out
            throw Failures.of(what, e);
        } finally {
            turn.unlock();
        }
    }

    private static <T> T inTransaction(Connection connection, Change<T> change) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = change.make(connection, version(connection, NEXT_VERSION));
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private void poll() {
        turn.lock();
        try {
            refresh();
            if (failing) {
                failing = false;
                LOG.info("{} is up to date again", name);
            }
        } catch (SQLException | RuntimeException e) {
            seen = EVERYTHING; // PostgreSQL may come back as another server that never had the last versions
            if (!failing) {
                failing = true;
                LOG.warn("{} cannot be refreshed and stays as it was; trying again every {} ms", name, PERIOD.toMillis(), e);
            }
        } finally {
            turn.unlock();
        }
    }

    private void refresh() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            long current = version(connection, VERSION);
            if (current != seen) {
                loader.load(connection, current < seen ? EVERYTHING : seen);
                seen = current; // read before the rows: what was committed in between comes again, and nothing is missed
            }
        }
    }

    private static long version(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Reads changed rows into memory. */
    interface Loader {
        /** Takes over the rows above a version; all of them, in place of what is held, for {@link #EVERYTHING}. */
        void load(Connection connection, long since) throws SQLException;
    }

    /** A change of rows. */
    interface Change<T> {
        T make(Connection connection, long version) throws SQLException;
    }
}
