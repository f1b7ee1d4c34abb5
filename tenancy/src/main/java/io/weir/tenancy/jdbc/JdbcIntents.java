package io.weir.tenancy.jdbc;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.PriceVersion;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.router.TokenPrice;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.admission.SystemOfRecord.Intents;
import io.weir.tenancy.admission.SystemOfRecord.Recorded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Intents in PostgreSQL. */
final class JdbcIntents implements Intents {

    private static final String RECORD = Sql.load("intents-record");
    private static final String RECORD_AGAIN = Sql.load("intents-record-again");
    private static final String WHY_NOT = Sql.load("intents-why-not");
    private static final String FORGET_BOOKED = Sql.load("intents-forget-booked");
    private static final String ALL = Sql.load("intents-all");
    private static final String OF_START = Sql.load("intents-of-start");

    private final Transactions transactions;
    private final OrganisationId organisation;

    JdbcIntents(Transactions transactions, OrganisationId organisation) {
        this.transactions = transactions;
        this.organisation = organisation;
    }

    /** An open intent and whose it is. */
    record Open(Held held, UUID start) {
        Counters.Hold hold() {
            Grant grant = held.grant();
            Caller caller = grant.claim().caller();
            Counters.Who who = new Counters.Who(caller.project().value(), caller.key().value(), caller.subject());
            Counters.Owner owner = new Counters.Owner(start, who, List.of(Scope.of(caller.tenant())));
            return new Counters.Hold(key(held), grant.held(), grant.heldTokens(), grant.period(), owner);
        }
    }

    @Override
    public List<Recorded> record(UUID start, List<Held> attempts) {
        try {
            return transactions.each("record intents", connection -> {
                Set<AttemptKey> written = insert(connection, RECORD, start, attempts);
                return written.size() == attempts.size()
                        ? attempts.stream().map(held -> Recorded.ON_RECORD).toList()
                        : answers(connection, attempts, written);
            });
        } catch (IllegalArgumentException refusedValue) {
            return oneByOne(start, attempts);
        }
    }

    @Override
    public void recordAgain(UUID start, List<Held> attempts) {
        transactions.each("record intents again", connection -> insert(connection, RECORD_AGAIN, start, attempts));
    }

    @Override
    public void forgetBooked() {
        transactions.each("forget booked intents", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FORGET_BOOKED)) {
                statement.setString(1, organisation.value());
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public List<Held> openOf(UUID start, int most) {
        return transactions.each("read a start's intents", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(OF_START)) {
                statement.setString(1, organisation.value());
                statement.setObject(2, start);
                statement.setInt(3, most);
                return read(statement).stream().map(Open::held).toList();
            }
        });
    }

    static List<Open> all(Connection connection, OrganisationId organisation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ALL)) {
            statement.setString(1, organisation.value());
            return read(statement);
        }
    }

    static AttemptKey key(Held held) {
        return new AttemptKey(held.request(), held.attempt());
    }

    static AttemptKey key(ResultSet row) throws SQLException {
        return new AttemptKey(new RequestId(row.getObject("request_id", UUID.class)), row.getInt("attempt"));
    }

    /** One batch, one offender: the others shall not fail with it. */
    private List<Recorded> oneByOne(UUID start, List<Held> attempts) {
        if (attempts.size() == 1) {
            return List.of(Recorded.INVALID);
        }
        List<Recorded> answers = new ArrayList<>();
        attempts.forEach(held -> answers.addAll(record(start, List.of(held))));
        return answers;
    }

    private Set<AttemptKey> insert(Connection connection, String sql, UUID start, List<Held> attempts) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, organisation.value());
            set(new Columns<>(connection, statement, attempts, 2), start);
            statement.execute();
            statement.getMoreResults();
            Set<AttemptKey> written = new HashSet<>();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    written.add(key(rows));
                }
            }
            return written;
        }
    }

    private static void set(Columns<Held> columns, UUID start) throws SQLException {
        columns.uuid(held -> held.request().value())
                .small(Held::attempt)
                .text(held -> caller(held).organisation().value())
                .text(held -> caller(held).tenant().value())
                .text(held -> caller(held).project().value())
                .text(held -> caller(held).key().value())
                .text(held -> caller(held).subject())
                .text(held -> Tags.toJson(held.booking().tags()))
                .text(held -> held.booking().model().value())
                .text(held -> held.booking().engine().value())
                .text(held -> held.booking().route().label())
                .number(held -> held.booking().price().version())
                .number(held -> price(held).inputFresh())
                .number(held -> price(held).cacheRead())
                .number(held -> price(held).cacheWrite())
                .number(held -> price(held).output())
                .number(held -> held.booking().inputBound())
                .integer(held -> held.booking().outputCap())
                .number(held -> held.grant().held().nanos())
                .number(held -> held.grant().heldTokens())
                .number(held -> held.grant().epoch())
                .time(held -> held.grant().period().from())
                .time(held -> held.grant().period().to())
                .uuid(held -> start)
                .text(held -> held.booking().decision())
                .time(held -> held.booking().effectiveAt());
    }

    private static List<Recorded> answers(Connection connection, List<Held> attempts, Set<AttemptKey> written) throws SQLException {
        List<AttemptKey> missing = attempts.stream().map(JdbcIntents::key).filter(key -> !written.contains(key)).toList();
        Map<AttemptKey, Recorded> reasons = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(WHY_NOT)) {
            Columns.setKeys(connection, statement, missing);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Recorded standing = row.getBoolean("standing") ? Recorded.ON_RECORD : Recorded.EPOCH_GONE;
                    reasons.put(key(row), row.getBoolean("ended") ? Recorded.ENDED : standing);
                }
            }
        }
        return attempts.stream().map(held -> reasons.getOrDefault(key(held), Recorded.ON_RECORD)).toList();
    }

    private static List<Open> read(PreparedStatement statement) throws SQLException {
        List<Open> open = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                open.add(new Open(new Held(grant(row), booking(row)), row.getObject("start_id", UUID.class)));
            }
        }
        return open;
    }

    private static Grant grant(ResultSet row) throws SQLException {
        Caller caller = new Caller(
                new OrganisationId(row.getString("organisation")),
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                new KeyId(row.getString("key_id")),
                row.getString("subject"),
                Set.of());
        AttemptKey key = key(row);
        Money held = Money.ofNanos(row.getLong("held_nanos"));
        long tokens = row.getLong("held_tokens");
        Claim claim = new Claim(key.request(), key.attempt(), caller, TenantLimits.NONE, List.of(new Claim.Step(held, tokens)));
        Grant.Period period = new Grant.Period(Times.get(row, "period_from"), Times.get(row, "period_to"));
        return new Grant(claim, held, tokens, row.getLong("epoch"), period);
    }

    private static Booking booking(ResultSet row) throws SQLException {
        TokenPrice price = new TokenPrice(
                row.getLong("price_input_fresh"),
                row.getLong("price_cache_read"),
                row.getLong("price_cache_write"),
                row.getLong("price_output"));
        return new Booking(
                new ModelId(row.getString("model")),
                new EngineId(row.getString("engine")),
                Route.ofLabel(row.getString("route")),
                new PriceVersion(row.getLong("price_version"), price),
                row.getLong("input_bound"),
                row.getInt("output_cap"),
                Times.get(row, "effective_at"),
                Tags.read(row),
                row.getString("decision"));
    }

    private static Caller caller(Held held) {
        return held.grant().claim().caller();
    }

    private static TokenPrice price(Held held) {
        return held.booking().price().price();
    }
}
