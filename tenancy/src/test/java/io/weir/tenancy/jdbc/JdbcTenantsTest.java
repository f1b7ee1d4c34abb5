package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import io.weir.tenancy.Unavailable;
import io.weir.tenancy.Unsupported;
import io.weir.tenancy.testing.SettableClock;
import io.weir.tenancy.testing.SwitchableDataSource;
import io.weir.tenancy.testing.TestPostgres;
import io.weir.tenancy.testing.VirtualTasks;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcTenantsTest {

    private static final OrganisationId ORGANISATION = new OrganisationId("default");
    private static final TenantId ACME = new TenantId("acme");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123456Z");
    private static final Duration PROPAGATION = Duration.ofSeconds(2);
    private static final byte[] DIGEST = sha256("sk-weir-one");
    private static final Tenant TENANT = new Tenant(
            ACME,
            "Acme, the first",
            new TenantLimits(60L, null, Money.ofNanos(5_000_000_000L)),
            new RoutingPolicy(650, Sensitivity.CONFIDENTIAL, Set.of(new ModelId("b"), new ModelId("a"))),
            Unsupported.IGNORE);

    private final SettableClock clock = new SettableClock(NOW);
    private final VirtualTasks tasks = new VirtualTasks();
    private TestPostgres.Database database;
    private SwitchableDataSource oneSource;
    private JdbcTenants one;
    private JdbcTenants other;

    @BeforeEach
    void start() {
        database = TestPostgres.database();
        oneSource = new SwitchableDataSource(database.application());
        one = new JdbcTenants(oneSource, tasks, clock);
        other = new JdbcTenants(database.application(), tasks, clock);
        one.start();
        other.start();
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        tasks.close();
    }

    @Test
    void aTenantIsKnownHereAtOnceAndOnTheOtherReplicaWithinTwoSeconds() {
        // When
        boolean created = one.create(ORGANISATION, TENANT);

        // Then
        assertThat(created).isTrue();
        assertThat(one.find(ORGANISATION, ACME)).contains(TENANT);
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.find(ORGANISATION, ACME)).contains(TENANT));
    }

    @Test
    void aTenantWithoutLimitsHasNone() {
        // Given
        Tenant free = new Tenant(ACME, "free", TenantLimits.NONE, RoutingPolicy.DEFAULT);

        // When
        one.create(ORGANISATION, free);

        // Then
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.find(ORGANISATION, ACME)).contains(free));
    }

    @Test
    void aTakenIdIsNotCreatedAgain() {
        // Given
        one.create(ORGANISATION, TENANT);

        // When
        boolean created = other.create(ORGANISATION, new Tenant(ACME, "another", TenantLimits.NONE, RoutingPolicy.DEFAULT));

        // Then
        assertThat(created).isFalse();
        assertThat(restarted().find(ORGANISATION, ACME)).contains(TENANT);
    }

    @Test
    void anUnknownOrganisationHasNoTenants() {
        // When / Then
        assertThatThrownBy(() -> one.create(new OrganisationId("nobody"), TENANT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(one.find(new OrganisationId("nobody"), ACME)).isEmpty();
    }

    @Test
    void aKeyIsKnownByTheHashOfTheWholeCredentialAlone() {
        // Given
        one.create(ORGANISATION, TENANT);
        ApiKey key = key("k1", null);

        // When
        boolean added = one.addKey(key, DIGEST);

        // Then
        assertThat(added).isTrue();
        assertThat(one.findKey(DIGEST)).contains(key);
        assertThat(one.findKey(sha256("sk-weir-on"))).isEmpty();
        assertThat(one.findKey(sha256("sk-weir-one "))).isEmpty();
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.findKey(DIGEST)).contains(key));
    }

    @Test
    void aKeyWithoutATenantIsNotAdded() {
        // When
        boolean added = one.addKey(key("k1", null), DIGEST);

        // Then
        assertThat(added).isFalse();
        assertThat(one.findKey(DIGEST)).isEmpty();
    }

    @Test
    void aKeyThatIsMoreThanACallersIsRefused() {
        // Given
        one.create(ORGANISATION, TENANT);
        Caller admin = new Caller(
                ORGANISATION, ACME, new ProjectId("default"), new KeyId("k1"), "ann", Set.of(Role.CALLER, Role.PLATFORM_ADMIN));

        // When / Then
        assertThatThrownBy(() -> one.addKey(new ApiKey(admin, "n", "p", NOW, null, null), DIGEST))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(one.findKey(DIGEST)).isEmpty();
    }

    @Test
    void theSameCredentialIsNotStoredTwice() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);

        // When / Then
        assertThatThrownBy(() -> one.addKey(key("k2", null), DIGEST)).isInstanceOf(IllegalArgumentException.class);
        assertThat(one.findKey(DIGEST)).contains(key("k1", null));
    }

    @Test
    void aRevokedKeyIsRefusedHereAtOnceAndOnTheOtherReplicaWithinTwoSeconds() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);
        await().atMost(PROPAGATION).until(() -> other.findKey(DIGEST).isPresent());

        // When
        boolean revoked = one.revokeKey(ORGANISATION, new KeyId("k1"));

        // Then
        assertThat(revoked).isTrue();
        assertThat(one.findKey(DIGEST)).isEmpty();
        await().atMost(PROPAGATION).until(() -> other.findKey(DIGEST).isEmpty());
        assertThat(restarted().findKey(DIGEST)).isEmpty();
    }

    @Test
    void revokingTwiceIsOneRevocation() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);
        one.revokeKey(ORGANISATION, new KeyId("k1"));
        clock.advance(Duration.ofHours(1));

        // When
        boolean again = other.revokeKey(ORGANISATION, new KeyId("k1"));

        // Then
        assertThat(again).isTrue();
        assertThat(Queries.text(database.application(), "SELECT to_char(revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') FROM api_key"))
                .isEqualTo("2026-11-22 12:00:00.123456");
    }

    @Test
    void anotherOrganisationRevokesNothing() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);

        // When
        boolean revoked = one.revokeKey(new OrganisationId("nobody"), new KeyId("k1"));

        // Then
        assertThat(revoked).isFalse();
        assertThat(one.findKey(DIGEST)).isPresent();
    }

    @Test
    void aKeyExpiresByTheClock() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", NOW.plusSeconds(10)), DIGEST);
        clock.advance(Duration.ofSeconds(10).minusNanos(1));
        Optional<ApiKey> before = one.findKey(DIGEST);

        // When
        clock.advance(Duration.ofNanos(1));

        // Then
        assertThat(before).isPresent();
        assertThat(one.findKey(DIGEST)).isEmpty();
    }

    @Test
    void newLimitsReplaceTheOldOnesEverywhere() {
        // Given
        one.create(ORGANISATION, TENANT);
        TenantLimits limits = new TenantLimits(null, 100_000L, Money.ZERO);

        // When
        boolean set = one.setLimits(ORGANISATION, ACME, limits);

        // Then
        Tenant expected = new Tenant(ACME, TENANT.name(), limits, TENANT.policy(), TENANT.unsupported());
        assertThat(set).isTrue();
        assertThat(one.find(ORGANISATION, ACME)).contains(expected);
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.find(ORGANISATION, ACME)).contains(expected));
    }

    @Test
    void aTenantThatIsNotThereGetsNoLimits() {
        // When
        boolean set = one.setLimits(ORGANISATION, ACME, TenantLimits.NONE);

        // Then
        assertThat(set).isFalse();
    }

    @Test
    void aBudgetAboveWhatACounterHoldsIsRefused() {
        // Given
        one.create(ORGANISATION, TENANT);
        TenantLimits limits = new TenantLimits(null, null, Money.ofNanos(Money.MAX_COUNTER_NANOS + 1));

        // When / Then
        assertThatThrownBy(() -> one.setLimits(ORGANISATION, ACME, limits)).isInstanceOf(IllegalArgumentException.class);
        assertThat(one.find(ORGANISATION, ACME)).contains(TENANT);
    }

    @Test
    void withPostgresAwayCallersStayKnownAndChangesAreRefused() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);
        oneSource.disconnect();

        // When / Then
        assertThatThrownBy(() -> one.revokeKey(ORGANISATION, new KeyId("k1"))).isInstanceOf(Unavailable.class);
        assertThat(one.findKey(DIGEST)).isPresent();
    }

    @Test
    void whatWasRevokedWhilePostgresWasAwayIsLearntWhenItIsBack() {
        // Given
        one.create(ORGANISATION, TENANT);
        one.addKey(key("k1", null), DIGEST);
        oneSource.disconnect();
        other.revokeKey(ORGANISATION, new KeyId("k1"));

        // When
        oneSource.reconnect();

        // Then
        await().atMost(PROPAGATION).until(() -> one.findKey(DIGEST).isEmpty());
    }

    @Test
    void aServerThatLostTheLastVersionsIsReadAnew() {
        // Given: a stand-in for a fail-over to a standby that lagged behind
        one.create(ORGANISATION, TENANT);
        one.setLimits(ORGANISATION, ACME, TenantLimits.NONE);
        await().atMost(PROPAGATION)
                .untilAsserted(() -> assertThat(other.find(ORGANISATION, ACME).map(Tenant::limits)).contains(TenantLimits.NONE));

        // When
        TestPostgres.execute(
                database.migrator(),
                "BEGIN; UPDATE tenant SET requests_per_minute = 7, version = 1; UPDATE directory_version SET version = 1; COMMIT");

        // Then
        await().atMost(PROPAGATION)
                .untilAsserted(() -> assertThat(other.find(ORGANISATION, ACME).map(Tenant::limits))
                        .contains(new TenantLimits(7L, null, null)));
    }

    @Test
    void startingWithPostgresAwayFails() {
        // Given
        oneSource.disconnect();
        JdbcTenants third = new JdbcTenants(oneSource, tasks, clock);

        // When / Then
        assertThatThrownBy(third::start).isInstanceOf(Unavailable.class);
    }

    @Test
    void changesOfBothReplicasAtOnceAllArriveOnBoth() throws InterruptedException {
        // Given
        int each = 20;
        Thread first = Thread.ofVirtual().unstarted(() -> createMany(one, "a", each));
        Thread second = Thread.ofVirtual().unstarted(() -> createMany(other, "b", each));

        // When
        first.start();
        second.start();
        first.join();
        second.join();

        // Then
        await().atMost(PROPAGATION).untilAsserted(() -> {
            for (int i = 0; i < each; i++) {
                assertThat(one.find(ORGANISATION, new TenantId("b" + i))).isPresent();
                assertThat(other.find(ORGANISATION, new TenantId("a" + i))).isPresent();
            }
        });
    }

    private static void createMany(JdbcTenants tenants, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            tenants.create(ORGANISATION, new Tenant(new TenantId(prefix + i), "t", TenantLimits.NONE, RoutingPolicy.DEFAULT));
        }
    }

    private JdbcTenants restarted() {
        try (JdbcTenants again = new JdbcTenants(database.application(), tasks, clock)) {
            again.start();
            return again;
        }
    }

    private static ApiKey key(String id, @Nullable Instant expiresAt) {
        Caller caller = new Caller(ORGANISATION, ACME, new ProjectId("default"), new KeyId(id), "ann@acme", Set.of(Role.CALLER));
        return new ApiKey(caller, "laptop", "sk-weir-o", NOW, expiresAt, null);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
