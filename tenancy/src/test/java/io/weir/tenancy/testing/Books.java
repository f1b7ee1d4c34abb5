package io.weir.tenancy.testing;

import io.weir.router.Money;
import io.weir.tenancy.admission.Counters;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What the two stores say, read beside the product. */
public final class Books {

    private final DataSource migrator;

    public Books(DataSource migrator) {
        this.migrator = migrator;
    }

    /** Each ledger row in the order written: attempt, kind, cause, basis, amount, outcome. */
    public List<String> rows() {
        return query("SELECT concat_ws(' ', attempt, kind, cause, basis, amount_nanos, outcome) FROM ledger_entry ORDER BY id");
    }

    /** The ledger's sum. */
    public long sum() {
        return Long.parseLong(query("SELECT coalesce(sum(amount_nanos), 0) FROM ledger_entry").getFirst());
    }

    public long intents() {
        return Long.parseLong(query("SELECT count(*) FROM intent").getFirst());
    }

    public long epoch() {
        return Long.parseLong(query("SELECT coalesce(max(epoch), 0) FROM epoch").getFirst());
    }

    /** A tenant's counter in the present epoch; of the only period there is. */
    public Counters.Sums counter(TestRedis redis, String tenant) {
        String prefix = "weir:{default}:e" + epoch() + ":";
        return redis.ask(commands -> {
            Map<String, String> fields = commands.hgetall(commands.keys(prefix + "b:t:" + tenant + ":*").getFirst());
            return new Counters.Sums(
                    Money.ofNanos(Long.parseLong(fields.get("settled"))), Money.ofNanos(Long.parseLong(fields.get("held"))));
        });
    }

    /** How many holds stand in the present epoch. */
    public long holds(TestRedis redis) {
        return redis.ask(commands -> commands.zcard("weir:{default}:e" + epoch() + ":holds"));
    }

    public List<String> query(String sql) {
        try (Connection connection = migrator.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void execute(String sql) {
        TestPostgres.execute(migrator, sql);
    }
}
