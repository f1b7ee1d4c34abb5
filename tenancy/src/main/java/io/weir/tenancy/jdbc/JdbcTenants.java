package io.weir.tenancy.jdbc;

import io.weir.router.Tasks;
import io.weir.tenancy.ApiKey;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Role;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.Tenants;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The directory in PostgreSQL, with a copy of all of it in memory, refreshed every half second: no request waits for PostgreSQL to be
 * recognised, and while it is away callers stay known as they last were. Thread-safe.
 */
public final class JdbcTenants implements Tenants, AutoCloseable {

    private static final String DEFAULT_PROJECT = "default";

    private static final String KEYS_SINCE = Sql.load("keys-since");
    private static final String TENANTS_SINCE = Sql.load("tenants-since");
    private static final String TENANT_INSERT = Sql.load("tenant-insert");
    private static final String PROJECT_INSERT = Sql.load("project-insert");
    private static final String TENANT_SET_LIMITS = Sql.load("tenant-set-limits");
    private static final String KEY_INSERT = Sql.load("key-insert");
    private static final String KEY_FIND = Sql.load("key-find");
    private static final String KEY_REVOKE = Sql.load("key-revoke");

    private final Clock clock;
    private final DirectoryPoll poll;
    /** Never changed once it stands here: a change publishes a new one. */
    private volatile Directory directory = new Directory(Map.of(), Map.of());

    /**
     * @param application connects as {@code weir_app}
     * @param tasks runs the polls
     * @param clock decides which keys have expired, and dates revocations
     */
    public JdbcTenants(DataSource application, Tasks tasks, Clock clock) {
        this.clock = clock;
        this.poll = new DirectoryPoll("tenants", application, tasks, this::load);
    }

    /** Loads the directory and begins to poll. Called once, before any look-up; blocks, and throws when PostgreSQL cannot be asked. */
    public void start() {
        poll.start();
    }

    /** Ends the polls. */
    @Override
    public void close() {
        poll.close();
    }

    /**
     * The comparison need not take constant time: what is compared is a SHA-256 of what was sent, so that how long it takes tells about hash
     * values alone, and nobody can choose a credential by the beginning of its hash and learn anything of a stored one's text.
     */
    @Override
    public Optional<ApiKey> findKey(byte[] sha256) {
        ApiKey key = directory.keys.get(Sha256.of(sha256));
        return key != null && key.isValidAt(clock.instant()) ? Optional.of(key) : Optional.empty();
    }

    @Override
    public Optional<Tenant> find(OrganisationId organisation, TenantId tenant) {
        return Optional.ofNullable(directory.tenants.get(new TenantRef(organisation, tenant)));
    }

    @Override
    public boolean create(OrganisationId organisation, Tenant tenant) {
        return poll.change(
                "create a tenant",
                (connection, version) -> insert(connection, organisation, tenant, version),
                created -> {
                    if (created) {
                        publish(next -> next.tenants.put(new TenantRef(organisation, tenant.id()), tenant));
                    }
                });
    }

    @Override
    public boolean addKey(ApiKey key, byte[] sha256) {
        if (!key.caller().roles().equals(Set.of(Role.CALLER))) {
            throw new IllegalArgumentException("a stored key is a caller's and has no other role");
        }
        Sha256 digest = Sha256.of(sha256);
        return poll.change("add a key", (connection, version) -> insert(connection, key, sha256, version), added -> {
            if (added && key.revokedAt() == null) {
                publish(next -> next.keys.put(digest, key));
            }
        });
    }

    @Override
    public boolean revokeKey(OrganisationId organisation, KeyId key) {
        return poll.change(
                        "revoke a key",
                        (connection, version) -> revoke(connection, organisation, key, version),
                        digest -> digest.ifPresent(found -> publish(next -> next.keys.remove(found))))
                .isPresent();
    }

    @Override
    public boolean setLimits(OrganisationId organisation, TenantId tenant, TenantLimits limits) {
        TenantRef ref = new TenantRef(organisation, tenant);
        return poll.change(
                        "set a tenant's limits",
                        (connection, version) -> update(connection, ref, limits, version),
                        stored -> stored.ifPresent(now -> publish(next -> next.tenants.put(ref, now))))
                .isPresent();
    }

    /** Keys before tenants: a key's tenant was there before it, so that no key is ever held without its tenant. */
    private void load(Connection connection, long since) throws SQLException {
        Directory next = since == DirectoryPoll.EVERYTHING ? new Directory(new HashMap<>(), new HashMap<>()) : directory.copy();
        try (PreparedStatement statement = connection.prepareStatement(KEYS_SINCE)) {
            statement.setLong(1, since);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ApiKey key = DirectoryRows.key(rows);
                    Sha256 digest = Sha256.of(rows.getBytes("sha256"));
                    if (key.revokedAt() == null) {
                        next.keys.put(digest, key);
                    } else {
                        next.keys.remove(digest);
                    }
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(TENANTS_SINCE)) {
            statement.setLong(1, since);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Tenant tenant = DirectoryRows.tenant(rows);
                    next.tenants.put(new TenantRef(new OrganisationId(rows.getString("organisation")), tenant.id()), tenant);
                }
            }
        }
        directory = next;
    }

    /** Called in a turn of the poll: one at a time. */
    private void publish(Consumer<Directory> change) {
        Directory next = directory.copy();
        change.accept(next);
        directory = next;
    }

    private static boolean insert(Connection connection, OrganisationId organisation, Tenant tenant, long version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TENANT_INSERT)) {
            statement.setString(1, organisation.value());
            statement.setString(2, tenant.id().value());
            statement.setString(3, tenant.name());
            DirectoryRows.setLimits(statement, 4, tenant.limits());
            DirectoryRows.setPolicy(connection, statement, 7, tenant.policy());
            statement.setLong(10, version);
            statement.setString(11, tenant.unsupported().name());
            if (statement.executeUpdate() == 0) {
                return false;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(PROJECT_INSERT)) {
            statement.setString(1, organisation.value());
            statement.setString(2, tenant.id().value());
            statement.setString(3, DEFAULT_PROJECT);
            statement.executeUpdate();
        }
        return true;
    }

    private static boolean insert(Connection connection, ApiKey key, byte[] sha256, long version) throws SQLException {
        Caller caller = key.caller();
        try (PreparedStatement statement = connection.prepareStatement(KEY_INSERT)) {
            statement.setString(1, caller.key().value());
            statement.setString(2, caller.subject());
            statement.setString(3, key.name());
            statement.setString(4, key.prefix());
            statement.setBytes(5, sha256);
            statement.setLong(6, version);
            Times.set(statement, 7, key.createdAt());
            Times.set(statement, 8, key.expiresAt());
            Times.set(statement, 9, key.revokedAt());
            statement.setString(10, caller.organisation().value());
            statement.setString(11, caller.tenant().value());
            statement.setString(12, caller.project().value());
            return statement.executeUpdate() == 1;
        }
    }

    private Optional<Sha256> revoke(Connection connection, OrganisationId organisation, KeyId key, long version) throws SQLException {
        Sha256 digest;
        try (PreparedStatement statement = connection.prepareStatement(KEY_FIND)) {
            statement.setString(1, organisation.value());
            statement.setString(2, key.value());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                digest = Sha256.of(row.getBytes("sha256"));
            }
        }
        Instant now = clock.instant();
        try (PreparedStatement statement = connection.prepareStatement(KEY_REVOKE)) {
            Times.set(statement, 1, now);
            statement.setLong(2, version);
            statement.setString(3, organisation.value());
            statement.setString(4, key.value());
            statement.executeUpdate();
        }
        return Optional.of(digest);
    }

    private static Optional<Tenant> update(Connection connection, TenantRef ref, TenantLimits limits, long version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TENANT_SET_LIMITS)) {
            DirectoryRows.setLimits(statement, 1, limits);
            statement.setLong(4, version);
            statement.setString(5, ref.organisation.value());
            statement.setString(6, ref.tenant.value());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(DirectoryRows.tenant(row)) : Optional.empty();
            }
        }
    }

    private record TenantRef(OrganisationId organisation, TenantId tenant) {}

    private record Directory(Map<Sha256, ApiKey> keys, Map<TenantRef, Tenant> tenants) {
        Directory copy() {
            return new Directory(new HashMap<>(keys), new HashMap<>(tenants));
        }
    }
}
