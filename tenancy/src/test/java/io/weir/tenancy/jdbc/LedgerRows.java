package io.weir.tenancy.jdbc;

import io.weir.router.RequestId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** Writes rows of the ledger and intents as they are, to be read by what is tested. */
final class LedgerRows {

    static final Instant BOOKED_AT = Instant.parse("2026-11-22T12:00:05Z");

    private static final UUID START = new UUID(1, 1);
    private static final String ENTRY = """
            INSERT INTO ledger_entry (request_id, attempt, kind, cause, basis, organisation, tenant, project, key_id, subject, tags, model, engine,
              route, price_version, input_fresh, cache_read, cache_write, output, reasoning, amount_nanos, outcome, epoch, period_from, decision,
              effective_at, booked_at)
            VALUES (?, ?, ?, ?, ?, 'default', ?, 'default', 'k1', 'ann', '{}', ?, ?, ?, 3, ?, ?, ?, ?, ?, ?, ?, 1, '2026-11-01Z', ?::jsonb, ?, ?)""";
    private static final String INTENT = """
            INSERT INTO intent (request_id, attempt, organisation, tenant, project, key_id, subject, tags, model, engine, route, price_version,
              price_input_fresh, price_cache_read, price_cache_write, price_output, input_bound, output_cap, held_nanos, held_tokens, epoch,
              period_from, period_to, start_id, decision, effective_at)
            VALUES (?, ?, 'default', ?, 'default', 'k1', 'ann', '{}', ?, ?, ?, 3, 1, 1, 1, 1, 10, 10, 20, 20, 1, '2026-11-01Z', '2026-12-01Z', ?,
              ?::jsonb, ?)""";
    private static final String GATEWAY = """
            INSERT INTO gateway_start (start_id, name, lease_until) VALUES (?, 'one', now() + interval '15 seconds') ON CONFLICT DO NOTHING""";

    private final DataSource application;

    LedgerRows(DataSource application) {
        this.application = application;
    }

    static Row row(RequestId request) {
        return new Row(request);
    }

    void book(Row row) {
        book(List.of(row));
    }

    void book(List<Row> rows) {
        try (Connection connection = application.getConnection();
                PreparedStatement statement = connection.prepareStatement(ENTRY)) {
            for (Row row : rows) {
                statement.setObject(1, row.request.value());
                statement.setInt(2, row.attempt);
                statement.setString(3, row.kind);
                statement.setString(4, row.cause);
                statement.setString(5, row.basis);
                statement.setString(6, row.tenant);
                statement.setString(7, row.model);
                statement.setString(8, row.engine);
                statement.setString(9, row.route);
                statement.setLong(10, row.inputFresh);
                statement.setLong(11, row.cacheRead);
                statement.setLong(12, row.cacheWrite);
                statement.setLong(13, row.output);
                statement.setLong(14, row.reasoning);
                statement.setLong(15, row.amount);
                statement.setString(16, row.outcome);
                statement.setString(17, row.decision);
                Times.set(statement, 18, row.effectiveAt);
                Times.set(statement, 19, BOOKED_AT);
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void intent(Row row) {
        try (Connection connection = application.getConnection();
                PreparedStatement gateway = connection.prepareStatement(GATEWAY);
                PreparedStatement statement = connection.prepareStatement(INTENT)) {
            gateway.setObject(1, START);
            gateway.executeUpdate();
            statement.setObject(1, row.request.value());
            statement.setInt(2, row.attempt);
            statement.setString(3, row.tenant);
            statement.setString(4, row.model);
            statement.setString(5, row.engine);
            statement.setString(6, row.route);
            statement.setObject(7, START);
            statement.setString(8, row.decision);
            Times.set(statement, 9, row.effectiveAt);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A row: first attempt, METERED, on-prem, nothing used, unless it is said otherwise. */
    static final class Row {

        private final RequestId request;
        private int attempt = 1;
        private String kind = "USAGE";
        private String cause = "";
        private String basis = "METERED";
        private String tenant = "acme";
        private String model = "small";
        private String engine = "on-prem";
        private String route = "on-prem";
        long inputFresh;
        private long cacheRead;
        private long cacheWrite;
        private long output;
        private long reasoning;
        private long amount;
        private String outcome = "completed";
        private String decision = "{}";
        private Instant effectiveAt = Instant.parse("2026-11-22T12:00:00Z");

        private Row(RequestId request) {
            this.request = request;
        }

        Row attempt(int number) {
            attempt = number;
            return this;
        }

        Row kind(String name) {
            kind = name;
            return this;
        }

        Row cause(String id) {
            cause = id;
            return this;
        }

        Row basis(String name) {
            basis = name;
            return this;
        }

        Row tenant(String id) {
            tenant = id;
            return this;
        }

        Row model(String id, String onEngine, String onRoute) {
            model = id;
            engine = onEngine;
            route = onRoute;
            return this;
        }

        Row tokens(long fresh, long read, long write, long out, long reasoned) {
            inputFresh = fresh;
            cacheRead = read;
            cacheWrite = write;
            output = out;
            reasoning = reasoned;
            return this;
        }

        Row amount(long nanos) {
            amount = nanos;
            return this;
        }

        Row outcome(String label) {
            outcome = label;
            return this;
        }

        Row decision(String json) {
            decision = json;
            return this;
        }

        Row effectiveAt(Instant time) {
            effectiveAt = time;
            return this;
        }
    }
}
