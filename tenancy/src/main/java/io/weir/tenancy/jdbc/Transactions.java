package io.weir.tenancy.jdbc;

import io.weir.tenancy.admission.StoreAway;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs the protocol's statements and turns a PostgreSQL that cannot be asked into {@link StoreAway}. Thread-safe. */
final class Transactions {

    private final DataSource application;

    Transactions(DataSource application) {
        this.application = application;
    }

    /** Statements on one connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Each statement by itself. */
    <T> T each(String what, Work<T> work) {
        try (Connection connection = application.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    /** All statements or none; each sees what was committed before it began. */
    <T> T together(String what, Work<T> work) {
        try (Connection connection = application.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                undo(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    private static void undo(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e); // a broken connection has rolled back already
        }
    }

    private static RuntimeException failed(String what, SQLException failure) {
        return Failures.isUnavailable(failure)
                ? new StoreAway(StoreAway.Which.POSTGRESQL, what + " (SQLSTATE " + failure.getSQLState() + ")", failure)
                : Failures.of(what, failure);
    }
}
