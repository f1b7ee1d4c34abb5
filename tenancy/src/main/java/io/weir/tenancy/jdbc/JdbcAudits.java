package io.weir.tenancy.jdbc;

import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.Counters.Key;
import io.weir.tenancy.admission.Counters.Sums;
import io.weir.tenancy.admission.SystemOfRecord.Audits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The checker's queries. */
final class JdbcAudits implements Audits {

    private static final String ORPHANS = Sql.load("audit-orphans");
    private static final String DOUBLES = Sql.load("audit-doubles");

    private final Transactions transactions;
    private final OrganisationId organisation;

    JdbcAudits(Transactions transactions, OrganisationId organisation) {
        this.transactions = transactions;
        this.organisation = organisation;
    }

    @Override
    public Map<Key, Sums> sums(Instant periodsFrom) {
        return transactions.each("sum the ledger", connection -> JdbcEpochs.sums(connection, organisation, periodsFrom));
    }

    @Override
    public long intentsWithoutOwner(Duration lapsedFor) {
        return transactions.each("look for orphans", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(ORPHANS)) {
                statement.setString(1, organisation.value());
                statement.setLong(2, lapsedFor.toSeconds());
                return count(statement);
            }
        });
    }

    @Override
    public long attemptsBookedTwice() {
        return transactions.each("look for doubles", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(DOUBLES)) {
                statement.setString(1, organisation.value());
                return count(statement);
            }
        });
    }

    private static long count(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
