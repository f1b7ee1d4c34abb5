package io.weir.tenancy.jdbc;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.Settlement.Basis;
import io.weir.tenancy.ledger.Ledger;
import io.weir.tenancy.ledger.LedgerEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The ledger in PostgreSQL. Thread-safe. */
public final class JdbcLedger implements Ledger {

    private static final String RECEIPT_INTENT = Sql.load("receipt-intent");
    private static final String RECEIPT_ENTRIES = Sql.load("receipt-entries");
    private static final String USAGE = Sql.load("usage");

    private final DataSource application;

    /** @param application connects as {@code weir_app} */
    public JdbcLedger(DataSource application) {
        this.application = application;
    }

    /** The intent is looked for first: a request booked between the two look-ups shows up in the second, and none is missed. */
    @Override
    public Optional<Receipt> receipt(OrganisationId organisation, TenantId tenant, RequestId request) {
        Subject subject = new Subject(organisation, tenant, request);
        try (Connection connection = application.getConnection()) {
            Receipt open = open(connection, subject);
            return Optional.ofNullable(open == null ? booked(connection, subject) : open);
        } catch (SQLException e) {
            throw failed("read a receipt", e);
        }
    }

    @Override
    public List<UsageLine> usage(UsageQuery query) {
        TenantId tenant = query.tenant();
        try (Connection connection = application.getConnection();
                PreparedStatement statement = connection.prepareStatement(USAGE)) {
            statement.setString(1, query.organisation().value());
            statement.setString(2, tenant == null ? null : tenant.value());
            Times.set(statement, 3, query.from());
            Times.set(statement, 4, query.to());
            statement.setInt(5, MAX_USAGE_LINES + 1);
            try (ResultSet rows = statement.executeQuery()) {
                return lines(rows);
            }
        } catch (SQLException e) {
            throw failed("report usage", e);
        }
    }

    private static @Nullable Receipt open(Connection connection, Subject subject) throws SQLException {
        try (PreparedStatement statement = subject.prepare(connection, RECEIPT_INTENT);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            Instant effectiveAt = Times.get(row, "effective_at");
            return new Receipt(subject.request, State.OPEN, row.getString("decision"), effectiveAt, List.of(), Money.ZERO);
        }
    }

    private static @Nullable Receipt booked(Connection connection, Subject subject) throws SQLException {
        try (PreparedStatement statement = subject.prepare(connection, RECEIPT_ENTRIES);
                ResultSet rows = statement.executeQuery()) {
            List<LedgerEntry> entries = new ArrayList<>();
            Money cost = Money.ZERO;
            State state = State.VOIDED;
            String decision = "";
            Instant effectiveAt = Instant.EPOCH;
            while (rows.next()) {
                LedgerEntry entry = entry(rows, subject.request);
                entries.add(entry);
                cost = cost.plus(entry.amount());
                state = entry.basis() == Basis.VOID ? state : State.SETTLED;
                decision = rows.getString("decision");
                effectiveAt = Times.get(rows, "effective_at");
            }
            return entries.isEmpty() ? null : new Receipt(subject.request, state, decision, effectiveAt, entries, cost);
        }
    }

    private static LedgerEntry entry(ResultSet row, RequestId request) throws SQLException {
        LedgerEntry.Key key = new LedgerEntry.Key(
                request, row.getInt("attempt"), LedgerEntry.Kind.valueOf(row.getString("kind")), row.getString("cause"));
        LedgerEntry.Served served = new LedgerEntry.Served(
                new ModelId(row.getString("model")),
                new EngineId(row.getString("engine")),
                Route.ofLabel(row.getString("route")),
                row.getLong("price_version"));
        return new LedgerEntry(
                key,
                served,
                Basis.valueOf(row.getString("basis")),
                tokens(row),
                money(row, "amount_nanos"),
                row.getString("outcome"),
                Times.get(row, "booked_at"));
    }

    private static List<UsageLine> lines(ResultSet rows) throws SQLException {
        List<UsageLine> lines = new ArrayList<>();
        while (rows.next()) {
            lines.add(new UsageLine(
                    new TenantId(rows.getString("tenant")),
                    rows.getString("project"),
                    rows.getString("model"),
                    rows.getString("route"),
                    rows.getLong("requests"),
                    tokens(rows),
                    money(rows, "amount_nanos"),
                    money(rows, "estimated_nanos")));
        }
        if (lines.size() > MAX_USAGE_LINES) {
            throw new IllegalStateException("the report has more than " + MAX_USAGE_LINES + " lines: ask for one tenant or a shorter span");
        }
        return List.copyOf(lines);
    }

    private static Tokens tokens(ResultSet row) throws SQLException {
        return new Tokens(
                exact(row, "input_fresh"),
                exact(row, "cache_read"),
                exact(row, "cache_write"),
                exact(row, "output"),
                exact(row, "reasoning"));
    }

    private static Money money(ResultSet row, String column) throws SQLException {
        return Money.ofNanos(exact(row, column));
    }

    /** PostgreSQL adds up {@code bigint} without overflow, as {@code numeric}; what does not fit again throws. */
    private static long exact(ResultSet row, String column) throws SQLException {
        return row.getBigDecimal(column).longValueExact();
    }

    private static RuntimeException failed(String what, SQLException failure) {
        return Failures.isUnavailable(failure) ? new Unavailable(failure) : Failures.of(what, failure);
    }

    private record Subject(OrganisationId organisation, TenantId tenant, RequestId request) {
        PreparedStatement prepare(Connection connection, String sql) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            statement.setString(1, organisation.value());
            statement.setString(2, tenant.value());
            statement.setObject(3, request.value());
            return statement;
        }
    }
}
