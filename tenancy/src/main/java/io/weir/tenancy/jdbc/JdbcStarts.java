package io.weir.tenancy.jdbc;

import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.SystemOfRecord.Death;
import io.weir.tenancy.admission.SystemOfRecord.Duty;
import io.weir.tenancy.admission.SystemOfRecord.Lapsed;
import io.weir.tenancy.admission.SystemOfRecord.Server;
import io.weir.tenancy.admission.SystemOfRecord.Starts;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Starts, leases and duties in PostgreSQL, all on its clock. */
final class JdbcStarts implements Starts {

    private static final String REGISTER = Sql.load("start-register");
    private static final String RENEW = Sql.load("start-renew");
    private static final String END = Sql.load("start-end");
    private static final String LOOK = Sql.load("server-look");
    private static final String SETTLING = Sql.load("server-settling");
    private static final String LAPSED = Sql.load("starts-lapsed");
    private static final String DUTY = Sql.load("duty-try");

    private final Transactions transactions;
    private final OrganisationId organisation;

    JdbcStarts(Transactions transactions, OrganisationId organisation) {
        this.transactions = transactions;
        this.organisation = organisation;
    }

    @Override
    public void register(UUID start, String name, Duration lease) {
        transactions.each("register a start", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(REGISTER)) {
                statement.setObject(1, start);
                statement.setString(2, name);
                statement.setLong(3, lease.toSeconds());
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public void renew(UUID start, Duration lease) {
        transactions.each("renew a lease", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setLong(1, lease.toSeconds());
                statement.setObject(2, start);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public void end(UUID start) {
        transactions.each("end a start", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(END)) {
                statement.setObject(1, start);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Server look() {
        return transactions.each("look at the server", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
                statement.setString(1, organisation.value());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Server(Times.get(row, "started_at"), row.getLong("epoch"));
                }
            }
        });
    }

    @Override
    public boolean isSettling(UUID own, Duration afterStart) {
        return transactions.each("look at the server's start", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SETTLING)) {
                statement.setLong(1, afterStart.toSeconds());
                statement.setObject(2, own);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getBoolean("settling");
                }
            }
        });
    }

    @Override
    public List<Lapsed> lapsed() {
        return transactions.each("look for lapsed starts", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LAPSED)) {
                statement.setString(1, organisation.value());
                List<Lapsed> lapsed = new ArrayList<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        Death death = row.getBoolean("proven") ? Death.PROVEN : Death.PRESUMED;
                        lapsed.add(new Lapsed(row.getObject("start_id", UUID.class), death));
                    }
                }
                return lapsed;
            }
        });
    }

    @Override
    public boolean alone(Duty duty, Runnable work) {
        return transactions.together("take a duty", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(DUTY)) {
                statement.setInt(1, switch (duty) {
                    case SEED -> 1_464_093_011;
                    case SWEEP -> 1_464_093_012;
                });
                statement.setString(2, organisation.value());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    boolean isMine = row.getBoolean(1);
                    if (isMine) {
                        work.run();
                    }
                    return isMine;
                }
            }
        });
    }
}
