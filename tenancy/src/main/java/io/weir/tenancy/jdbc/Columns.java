package io.weir.tenancy.jdbc;

import io.weir.tenancy.admission.AttemptKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** Sets rows as arrays, one a column, for {@code unnest}: one round trip for a whole batch. Parameters are set in order. */
final class Columns<R> {

    private final Connection connection;
    private final PreparedStatement statement;
    private final List<R> rows;
    private int next;

    Columns(Connection connection, PreparedStatement statement, List<R> rows, int first) {
        this.connection = connection;
        this.statement = statement;
        this.rows = rows;
        this.next = first;
    }

    /** The two columns that name an attempt. */
    static void setKeys(Connection connection, PreparedStatement statement, List<AttemptKey> keys) throws SQLException {
        new Columns<>(connection, statement, keys, 1).uuid(key -> key.request().value()).small(AttemptKey::attempt);
    }

    Columns<R> uuid(Function<R, Object> value) throws SQLException {
        return set("uuid", value);
    }

    Columns<R> small(Function<R, Object> value) throws SQLException {
        return set("smallint", value);
    }

    Columns<R> number(Function<R, Object> value) throws SQLException {
        return set("bigint", value);
    }

    Columns<R> integer(Function<R, Object> value) throws SQLException {
        return set("integer", value);
    }

    Columns<R> text(Function<R, Object> value) throws SQLException {
        return set("text", value);
    }

    Columns<R> time(Function<R, Instant> value) throws SQLException {
        return set("timestamptz", row -> value.apply(row).toString());
    }

    /** The parameter after the last array. */
    int next() {
        return next;
    }

    private Columns<R> set(String type, Function<R, Object> value) throws SQLException {
        Object[] column = rows.stream().map(value).toArray();
        statement.setArray(next++, connection.createArrayOf(type, column));
        return this;
    }
}
