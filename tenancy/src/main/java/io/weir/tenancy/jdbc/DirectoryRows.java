package io.weir.tenancy.jdbc;

import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.RoutingPolicy;
import io.weir.router.score.Sensitivity;
import io.weir.tenancy.ApiKey;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.Role;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.Unsupported;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tenants and keys as rows. */
final class DirectoryRows {

    private DirectoryRows() {}

    static ApiKey key(ResultSet row) throws SQLException {
        Caller caller = new Caller(
                new OrganisationId(row.getString("organisation")),
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                new KeyId(row.getString("id")),
                row.getString("subject"),
                Set.of(Role.CALLER));
        return new ApiKey(
                caller,
                row.getString("name"),
                row.getString("prefix"),
                Times.get(row, "created_at"),
                Times.getOrNull(row, "expires_at"),
                Times.getOrNull(row, "revoked_at"));
    }

    static Tenant tenant(ResultSet row) throws SQLException {
        Long budget = longOrNull(row, "monthly_budget_nanos");
        TenantLimits limits = new TenantLimits(
                longOrNull(row, "requests_per_minute"),
                longOrNull(row, "tokens_per_minute"),
                budget == null ? null : Money.ofNanos(budget));
        String[] models = (String[]) row.getArray("models").getArray();
        RoutingPolicy policy = new RoutingPolicy(
                row.getInt("threshold_milli"),
                Sensitivity.valueOf(row.getString("sensitivity").toUpperCase(Locale.ROOT)),
                Arrays.stream(models).map(ModelId::new).collect(Collectors.toUnmodifiableSet()));
        Unsupported unsupported = Unsupported.valueOf(row.getString("unsupported"));
        return new Tenant(new TenantId(row.getString("id")), row.getString("name"), limits, policy, unsupported);
    }

    /** Three columns from {@code index} on. */
    static void setLimits(PreparedStatement statement, int index, TenantLimits limits) throws SQLException {
        Money budget = limits.monthlyBudget();
        setLong(statement, index, limits.requestsPerMinute());
        setLong(statement, index + 1, limits.tokensPerMinute());
        setLong(statement, index + 2, budget == null ? null : Long.valueOf(budget.nanos()));
    }

    /** Three columns from {@code index} on. */
    static void setPolicy(Connection connection, PreparedStatement statement, int index, RoutingPolicy policy) throws SQLException {
        Object[] models = policy.models().stream().map(ModelId::value).sorted().toArray();
        statement.setString(index, policy.sensitivity().label());
        statement.setInt(index + 1, policy.thresholdMilli());
        statement.setArray(index + 2, connection.createArrayOf("text", models));
    }

    private static void setLong(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value);
        }
    }

    private static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
