package io.weir.tenancy.jdbc;

import io.weir.router.Money;
import io.weir.router.stream.Usage;
import io.weir.tenancy.Caller;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Effect;
import io.weir.tenancy.admission.Reservation.Ended;
import io.weir.tenancy.admission.Reservation.Expired;
import io.weir.tenancy.admission.Reservation.Settled;
import io.weir.tenancy.admission.Reservation.Voided;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.admission.Settlement;
import io.weir.tenancy.admission.Settlement.Basis;
import io.weir.tenancy.admission.SystemOfRecord.BookedHow;
import io.weir.tenancy.admission.SystemOfRecord.BookedRow;
import io.weir.tenancy.admission.SystemOfRecord.Epoch;
import io.weir.tenancy.admission.SystemOfRecord.Fates;
import io.weir.tenancy.admission.SystemOfRecord.Settlements;
import io.weir.tenancy.ledger.LedgerEntry.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Settlements in PostgreSQL: the unique key of the ledger decides. */
final class JdbcSettlements implements Settlements {

    private static final String LOCK_SHARED = Sql.load("lock-shared");
    private static final String LOCK_EXCLUSIVE = Sql.load("lock-exclusive");
    private static final String INSERT = Sql.load("ledger-insert");
    private static final String ADJUST = Sql.load("ledger-adjust");
    private static final String ROWS = Sql.load("ledger-rows");
    private static final String STANDING = Sql.load("intents-standing");
    private static final Usage NOTHING = new Usage.Exact(0, 0, 0, 0, 0);

    private final Transactions transactions;
    private final OrganisationId organisation;

    JdbcSettlements(Transactions transactions, OrganisationId organisation) {
        this.transactions = transactions;
        this.organisation = organisation;
    }

    /** A row to be written. */
    private record Row(Settlement settlement, Kind kind, Money amount, Usage usage) {
        AttemptKey key() {
            return JdbcIntents.key(settlement.held());
        }

        Caller caller() {
            return settlement.held().grant().claim().caller();
        }
    }

    @Override
    public List<BookedRow> book(List<Ended> ends) {
        return transactions.together("book", connection -> {
            JdbcEpochs.lock(connection, LOCK_SHARED, organisation);
            return book(connection, ends);
        });
    }

    @Override
    public List<BookedRow> bookLeaked(List<Ended> ends) {
        return transactions.together("book leaked holds", connection -> {
            JdbcEpochs.lock(connection, LOCK_EXCLUSIVE, organisation);
            List<AttemptKey> keys = ends.stream().map(end -> JdbcIntents.key(end.settlement().held())).toList();
            Set<AttemptKey> known = standing(connection, keys);
            rows(connection, keys).forEach(row -> known.add(row.key()));
            return book(connection, ends.stream().filter(end -> !known.contains(JdbcIntents.key(end.settlement().held()))).toList());
        });
    }

    @Override
    public Fates fates(List<AttemptKey> attempts) {
        // Intents first: one that is booked between the two shows up in the second, and none is missed.
        return transactions.each("look up attempts", connection -> {
            Set<AttemptKey> standing = standing(connection, attempts);
            return new Fates(standing, rows(connection, attempts));
        });
    }

    private List<BookedRow> book(Connection connection, List<Ended> ends) throws SQLException {
        if (ends.isEmpty()) {
            return List.of();
        }
        long epoch = JdbcEpochs.current(connection, organisation).map(Epoch::number).orElse(0L);
        List<BookedRow> written = insert(connection, toRows(ends), epoch);
        Set<AttemptKey> first = new HashSet<>();
        written.stream().filter(row -> row.row().endsHold()).forEach(row -> first.add(row.key()));
        List<Ended> late = ends.stream().filter(end -> !first.contains(JdbcIntents.key(end.settlement().held()))).toList();
        if (late.isEmpty()) {
            return written;
        }
        List<Row> corrections = late.stream().filter(JdbcSettlements::mayCorrect).map(end -> usage(end.settlement())).toList();
        if (!corrections.isEmpty()) {
            adjust(connection, corrections, epoch);
        }
        List<BookedRow> all = new ArrayList<>(written.stream().filter(row -> first.contains(row.key())).toList());
        all.addAll(rows(connection, late.stream().map(end -> JdbcIntents.key(end.settlement().held())).toList()));
        return all;
    }

    /** Whoever served the call knows best; the sweeper only guesses. */
    private static boolean mayCorrect(Ended end) {
        return switch (end) {
            case Settled settled -> true;
            case Voided voided -> true;
            case Expired expired -> false;
        };
    }

    private static List<Row> toRows(List<Ended> ends) {
        List<Row> rows = new ArrayList<>();
        for (Ended end : ends) {
            Settlement settlement = end.settlement();
            rows.add(usage(settlement));
            if (settlement.overrun().isPositive()) {
                rows.add(new Row(settlement, Kind.OVERRUN, settlement.overrun(), NOTHING));
            }
        }
        return rows;
    }

    private static Row usage(Settlement settlement) {
        return new Row(settlement, Kind.USAGE, settlement.withinHold(), settlement.usage());
    }

    private List<BookedRow> insert(Connection connection, List<Row> rows, long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            Columns<Row> columns = new Columns<>(connection, statement, rows, 1);
            columns.uuid(row -> row.key().request().value())
                    .small(row -> row.key().attempt())
                    .text(row -> row.kind.name())
                    .text(row -> row.settlement.basis().name())
                    .text(row -> row.caller().tenant().value())
                    .text(row -> row.caller().project().value())
                    .text(row -> row.caller().key().value())
                    .text(row -> row.caller().subject())
                    .text(row -> Tags.toJson(row.settlement.held().booking().tags()))
                    .text(row -> row.settlement.held().booking().model().value())
                    .text(row -> row.settlement.held().booking().engine().value())
                    .text(row -> row.settlement.held().booking().route().label())
                    .number(row -> row.settlement.held().booking().price().version())
                    .number(row -> row.usage.inputFresh())
                    .number(row -> row.usage.cacheRead())
                    .number(row -> row.usage.cacheWrite())
                    .number(row -> row.usage.output())
                    .number(row -> row.usage.reasoning())
                    .number(row -> row.amount.nanos())
                    .text(row -> row.settlement.outcome())
                    .time(row -> row.settlement.held().grant().period().from())
                    .text(row -> row.settlement.held().booking().decision())
                    .time(row -> row.settlement.held().booking().effectiveAt());
            statement.setString(columns.next(), organisation.value());
            statement.setLong(columns.next() + 1, epoch);
            return read(statement);
        }
    }

    private static void adjust(Connection connection, List<Row> own, long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADJUST)) {
            statement.setLong(1, epoch);
            new Columns<>(connection, statement, own, 2)
                    .uuid(row -> row.key().request().value())
                    .small(row -> row.key().attempt())
                    .text(row -> row.settlement.basis().name())
                    .number(row -> row.usage.inputFresh())
                    .number(row -> row.usage.cacheRead())
                    .number(row -> row.usage.cacheWrite())
                    .number(row -> row.usage.output())
                    .number(row -> row.usage.reasoning())
                    .number(row -> row.amount.nanos())
                    .text(row -> row.settlement.outcome());
            statement.executeUpdate();
        }
    }

    private static List<BookedRow> rows(Connection connection, List<AttemptKey> keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            Columns.setKeys(connection, statement, keys);
            return read(statement);
        }
    }

    private static Set<AttemptKey> standing(Connection connection, List<AttemptKey> keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STANDING)) {
            Columns.setKeys(connection, statement, keys);
            Set<AttemptKey> standing = new HashSet<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    standing.add(JdbcIntents.key(row));
                }
            }
            return standing;
        }
    }

    private static List<BookedRow> read(PreparedStatement statement) throws SQLException {
        List<BookedRow> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                boolean isFull = Basis.valueOf(row.getString("basis")) == Basis.HELD_FULL;
                Effect.Where where =
                        new Effect.Where(List.of(Scope.of(new TenantId(row.getString("tenant")))), Times.get(row, "period_from"));
                rows.add(new BookedRow(
                        JdbcIntents.key(row),
                        new Effect.Row(row.getString("kind"), row.getString("cause")),
                        Money.ofNanos(row.getLong("amount_nanos")),
                        where,
                        new BookedHow(row.getLong("epoch"), isFull ? Effect.KEEP : row.getLong("used"))));
            }
        }
        return rows;
    }
}
