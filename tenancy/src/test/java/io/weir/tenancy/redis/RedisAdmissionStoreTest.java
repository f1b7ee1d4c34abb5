package io.weir.tenancy.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.StoreAway;
import io.weir.tenancy.testing.AdmissionStoreContract;
import io.weir.tenancy.testing.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, and what Redis adds to it, against a real Redis. */
class RedisAdmissionStoreTest extends AdmissionStoreContract {

    private static final OrganisationId ORGANISATION = new OrganisationId("default");

    private static ClientResources resources;
    private AdmissionStore store;

    @BeforeAll
    static void open() {
        resources = DefaultClientResources.create();
    }

    @AfterAll
    static void shut() {
        resources.shutdown(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected AdmissionStore store() {
        TestRedis.shared().ask(commands -> commands.flushall());
        store = RedisAdmissionStore.at(TestRedis.shared().url(), ORGANISATION, resources, Duration.ofSeconds(5));
        store.open();
        store.publish();
        return store;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected void pass(Duration time) {
        Instant until = now().plus(time);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO).until(() -> !now().isBefore(until));
    }

    @Test
    void aLinkThatIsNotPublishedRunsNoScript() {
        // Given
        try (AdmissionStore other = RedisAdmissionStore.at(TestRedis.shared().url(), ORGANISATION, resources)) {
            other.open();

            // When, Then
            assertThat(other.isServing()).isFalse();
            assertThatThrownBy(() -> other.apply(7, List.of())).isInstanceOf(StoreAway.class);
            assertThatThrownBy(() -> other.renewLease(7, new UUID(0, 1), Duration.ofSeconds(1))).isInstanceOf(StoreAway.class);
        }
    }

    @Test
    void aServerThatForgotTheScriptsGetsThemAgain() {
        // Given
        TestRedis.shared().ask(commands -> commands.scriptFlush());

        // When
        boolean applied = store.apply(7, List.of());

        // Then
        assertThat(applied).isTrue();
    }

    @Test
    void everyKeyIsInTheOrganisationsSlot() {
        // Given
        store.renewLease(7, new UUID(0, 1), Duration.ofSeconds(5));

        // When
        List<String> keys = TestRedis.shared().ask(commands -> commands.keys("*"));

        // Then
        assertThat(keys).isNotEmpty().allMatch(key -> key.startsWith("weir:{default}:e7:"));
    }

    @Test
    void aServerThatIsGoneIsAwayAndNothingIsReplayed() {
        // Given
        try (TestRedis mortal = new TestRedis();
                AdmissionStore other = RedisAdmissionStore.at(mortal.url(), ORGANISATION, resources)) {
            String first = other.open();
            other.publish();

            // When
            mortal.restart();
            Awaitility.await().until(() -> !other.isServing());

            // Then
            assertThatThrownBy(() -> other.apply(7, List.of())).isInstanceOf(StoreAway.class);
            assertThat(other.open()).isNotEqualTo(first);
            assertThat(other.isServing()).isFalse();
        }
    }
}
