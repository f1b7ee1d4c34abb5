package io.weir.blackbox.rig;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads the ledger and the open intents as the application's role may. One connection; one thread. */
public final class LedgerView implements AutoCloseable {

    private static final String ENTRY = "SELECT request_id, attempt, kind, cause, basis, tenant, model, route, input_fresh, cache_read, "
            + "cache_write, output, reasoning, amount_nanos, outcome FROM ledger_entry ";

    private final Connection connection;

    LedgerView(String url, String user, String password) {
        try {
            this.connection = DriverManager.getConnection(url, user, password);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** One row. Token counts are disjoint. */
    public record Entry(String request, int attempt, String kind, String cause, String basis, Served served, Tokens tokens, long amountNanos,
            String outcome) {
    }

    public record Served(String tenant, String model, String route) {
    }

    public record Tokens(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) {

        public long input() {
            return inputFresh + cacheRead + cacheWrite;
        }
    }

    /** The rows of one request, by attempt. */
    public List<Entry> ofRequest(String id) {
        return entries(ENTRY + "WHERE request_id = ? ORDER BY attempt, id", UUID.fromString(id));
    }

    /** The rows of one tenant, oldest first. */
    public List<Entry> ofTenant(String id) {
        return entries(ENTRY + "WHERE tenant = ? ORDER BY id", id);
    }

    public long sumOfTenant(String id) {
        return number("SELECT coalesce(sum(amount_nanos), 0) FROM ledger_entry WHERE tenant = ?", id);
    }

    /** How many intents of the tenant stand. */
    public long openIntents(String tenant) {
        return number("SELECT count(*) FROM intent WHERE tenant = ?", tenant);
    }

    /** What the tenant's open intents hold. */
    public long heldNanos(String tenant) {
        return number("SELECT coalesce(sum(held_nanos), 0) FROM intent WHERE tenant = ?", tenant);
    }

    public long allEntries() {
        return number("SELECT count(*) FROM ledger_entry WHERE ?", true);
    }

    public long allIntents() {
        return number("SELECT count(*) FROM intent WHERE ?", true);
    }

    public long epoch() {
        return number("SELECT epoch FROM epoch WHERE organisation = ?", "default");
    }

    /** The refusal of a statement that the role must not run. */
    public String refusal(String sql) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        } catch (SQLException refused) {
            return String.valueOf(refused.getSQLState());
        }
        return "";
    }

    private List<Entry> entries(String sql, Object argument) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, argument);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    entries.add(entry(row));
                }
            }
            return entries;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        Tokens tokens = new Tokens(row.getLong("input_fresh"), row.getLong("cache_read"), row.getLong("cache_write"), row.getLong("output"),
                row.getLong("reasoning"));
        Served served = new Served(row.getString("tenant"), row.getString("model"), row.getString("route"));
        return new Entry(row.getString("request_id"), row.getInt("attempt"), row.getString("kind"), row.getString("cause"),
                row.getString("basis"), served, tokens, row.getLong("amount_nanos"), row.getString("outcome"));
    }

    private long number(String sql, Object argument) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, argument);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
