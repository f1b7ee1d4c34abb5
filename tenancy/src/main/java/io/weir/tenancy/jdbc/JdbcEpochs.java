package io.weir.tenancy.jdbc;

import io.weir.router.Money;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Counters.Extent;
import io.weir.tenancy.admission.Counters.Key;
import io.weir.tenancy.admission.Counters.Seed;
import io.weir.tenancy.admission.Counters.Sums;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.admission.SystemOfRecord.CounterLaying;
import io.weir.tenancy.admission.SystemOfRecord.CounterSeeding;
import io.weir.tenancy.admission.SystemOfRecord.Epoch;
import io.weir.tenancy.admission.SystemOfRecord.Epochs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Epochs in PostgreSQL. */
final class JdbcEpochs implements Epochs {

    private static final String LOCK = Sql.load("lock-exclusive");
    private static final String CURRENT = Sql.load("epoch-current");
    private static final String ADVANCE = Sql.load("epoch-advance");
    private static final String FORGET = Sql.load("epoch-forget-counters");
    private static final String SUMS = Sql.load("counter-sums");
    private static final String SUM = Sql.load("counter-sum");
    private static final String SEEDED = Sql.load("counter-seeded");
    private static final String REDIS = "REDIS";

    private final Transactions transactions;
    private final OrganisationId organisation;

    JdbcEpochs(Transactions transactions, OrganisationId organisation) {
        this.transactions = transactions;
        this.organisation = organisation;
    }

    @Override
    public Optional<Epoch> current() {
        return transactions.each("read the epoch", connection -> current(connection, organisation));
    }

    @Override
    public Optional<Seed> advance(long seen, String runId, Instant periodsFrom) {
        return transactions.together("begin an epoch", connection -> {
            lock(connection, LOCK, organisation);
            if (current(connection, organisation).map(Epoch::number).orElse(0L) != seen) {
                return Optional.empty();
            }
            long next = seen + 1;
            begin(connection, next, runId);
            Map<Key, Sums> counters = sums(connection, organisation, periodsFrom);
            seeded(connection, next, counters.keySet());
            List<Counters.Hold> holds = JdbcIntents.all(connection, organisation).stream().map(JdbcIntents.Open::hold).toList();
            return Optional.of(new Seed(next, Extent.WHOLE, counters, holds));
        });
    }

    @Override
    public CounterSeeding seedCounter(long epoch, Key counter, CounterLaying laying) {
        return transactions.together("seed a counter", connection -> {
            lock(connection, LOCK, organisation);
            if (current(connection, organisation).map(Epoch::number).orElse(0L) != epoch) {
                return CounterSeeding.EPOCH_GONE;
            }
            boolean isThere = laying.look().apply(counter);
            boolean isNew = seeded(connection, epoch, Set.of(counter)) > 0;
            if (isThere) {
                return CounterSeeding.SEEDED;
            }
            if (!isNew) {
                return CounterSeeding.LOST;
            }
            Seed seed = new Seed(epoch, Extent.SINGLE, Map.of(counter, sum(connection, counter)), holds(connection, counter));
            return switch (laying.lay().apply(seed)) {
                case SEEDED, ALREADY -> CounterSeeding.SEEDED;
                case UNSEEDED -> CounterSeeding.LOST;
            };
        });
    }

    static void lock(Connection connection, String lock, OrganisationId organisation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            statement.setString(1, organisation.value());
            statement.execute();
        }
    }

    /** An epoch that is not Redis' names no server, so that none is taken for its own. */
    static Optional<Epoch> current(Connection connection, OrganisationId organisation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CURRENT)) {
            statement.setString(1, organisation.value());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                boolean isRedis = row.getString("mode").equals(REDIS);
                return Optional.of(new Epoch(row.getLong("epoch"), isRedis ? row.getString("redis_run_id") : ""));
            }
        }
    }

    static Map<Key, Sums> sums(Connection connection, OrganisationId organisation, Instant periodsFrom) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SUMS)) {
            statement.setString(1, organisation.value());
            statement.setString(2, organisation.value());
            Times.set(statement, 3, periodsFrom);
            statement.setString(4, organisation.value());
            Times.set(statement, 5, periodsFrom);
            Map<Key, Sums> sums = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Scope scope = Scope.of(new TenantId(row.getString("tenant")));
                    sums.put(new Key(scope, Times.get(row, "period_from")), sums(row));
                }
            }
            return sums;
        }
    }

    private void begin(Connection connection, long epoch, String runId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setString(1, organisation.value());
            statement.setLong(2, epoch);
            statement.setString(3, runId);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            statement.setString(1, organisation.value());
            statement.setLong(2, epoch);
            statement.executeUpdate();
        }
    }

    private int seeded(Connection connection, long epoch, Set<Key> counters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SEEDED)) {
            for (Key key : counters) {
                statement.setString(1, organisation.value());
                statement.setLong(2, epoch);
                statement.setString(3, key.scope().text());
                Times.set(statement, 4, key.periodFrom());
                statement.addBatch();
            }
            int written = 0;
            for (int rows : counters.isEmpty() ? new int[0] : statement.executeBatch()) {
                written += rows;
            }
            return written;
        }
    }

    private Sums sum(Connection connection, Key counter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SUM)) {
            for (int first = 1; first <= 4; first += 3) {
                statement.setString(first, organisation.value());
                statement.setString(first + 1, counter.scope().id());
                Times.set(statement, first + 2, counter.periodFrom());
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return sums(row);
            }
        }
    }

    private List<Counters.Hold> holds(Connection connection, Key counter) throws SQLException {
        return JdbcIntents.all(connection, organisation).stream()
                .map(JdbcIntents.Open::hold)
                .filter(hold -> hold.owner().scopes().contains(counter.scope()))
                .filter(hold -> hold.period().from().equals(counter.periodFrom()))
                .toList();
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                Money.ofNanos(row.getBigDecimal("settled").longValueExact()),
                Money.ofNanos(row.getBigDecimal("held").longValueExact()));
    }
}
