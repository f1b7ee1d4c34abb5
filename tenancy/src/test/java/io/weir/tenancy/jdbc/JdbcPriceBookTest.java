package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import io.weir.router.TokenPrice;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Unavailable;
import io.weir.tenancy.pricing.NewPrice;
import io.weir.tenancy.pricing.Price;
import io.weir.tenancy.testing.SwitchableDataSource;
import io.weir.tenancy.testing.TestPostgres;
import io.weir.tenancy.testing.VirtualTasks;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcPriceBookTest {

    private static final OrganisationId ORGANISATION = new OrganisationId("default");
    private static final Duration PROPAGATION = Duration.ofSeconds(2);
    private static final ModelId MODEL = new ModelId("amazon.nova-lite-v1:0");
    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");
    private static final TokenPrice CHEAP = new TokenPrice(60_000_000, 15_000_000, 60_000_000, 240_000_000);
    private static final TokenPrice DEAR = new TokenPrice(70_000_000, 17_500_000, 70_000_000, 280_000_000);

    private final VirtualTasks tasks = new VirtualTasks();
    private TestPostgres.Database database;
    private SwitchableDataSource oneSource;
    private JdbcPriceBook one;
    private JdbcPriceBook other;

    @BeforeEach
    void start() {
        database = TestPostgres.database();
        oneSource = new SwitchableDataSource(database.application());
        one = new JdbcPriceBook(oneSource, tasks, ORGANISATION);
        other = new JdbcPriceBook(database.application(), tasks, ORGANISATION);
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
    void theLatestEffectiveDateThatHasComeCounts() {
        // When
        List<Price> stored = one.add(List.of(price(CHEAP, JANUARY), price(DEAR, JUNE)));

        // Then
        PriceVersion cheap = new PriceVersion(stored.get(0).version(), CHEAP);
        PriceVersion dear = new PriceVersion(stored.get(1).version(), DEAR);
        assertThat(one.at(MODEL, JANUARY.minusNanos(1))).isEmpty();
        assertThat(one.at(MODEL, JANUARY)).contains(cheap);
        assertThat(one.at(MODEL, JUNE.minusNanos(1))).contains(cheap);
        assertThat(one.at(MODEL, JUNE)).contains(dear);
        assertThat(one.at(new ModelId("amazon.nova-lite-v1"), JUNE)).isEmpty();
    }

    @Test
    void anEarlierDateAddedLaterDoesNotReplaceALaterOne() {
        // Given
        one.add(List.of(price(DEAR, JUNE)));

        // When
        one.add(List.of(price(CHEAP, JANUARY)));

        // Then
        assertThat(one.at(MODEL, JUNE).map(PriceVersion::price)).contains(DEAR);
        assertThat(one.at(MODEL, JANUARY).map(PriceVersion::price)).contains(CHEAP);
    }

    @Test
    void ofOneDateThePriceAddedLastCounts() {
        // Given
        one.add(List.of(price(CHEAP, JANUARY)));

        // When
        one.add(List.of(price(DEAR, JANUARY)));

        // Then
        assertThat(one.at(MODEL, JANUARY).map(PriceVersion::price)).contains(DEAR);
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.at(MODEL, JANUARY)).isEqualTo(one.at(MODEL, JANUARY)));
    }

    @Test
    void theOtherReplicaKnowsAPriceWithinTwoSeconds() {
        // When
        List<Price> stored = one.add(List.of(price(CHEAP, JANUARY)));

        // Then
        assertThat(one.all()).isEqualTo(stored);
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.all()).isEqualTo(stored));
    }

    @Test
    void whatWasAddedIsStoredAsItWasSaid() {
        // Given
        NewPrice terms = new NewPrice(MODEL, CHEAP, JANUARY, "a page", LocalDate.parse("2026-11-22"));
        NewPrice undated = new NewPrice(MODEL, DEAR, JUNE, "a letter", null);

        // When
        one.add(List.of(terms, undated));

        // Then
        await().atMost(PROPAGATION)
                .untilAsserted(() -> assertThat(other.all()).extracting(Price::terms).containsExactly(undated, terms));
    }

    @Test
    void addingAgainAddsNothingFromEitherReplica() {
        // Given
        NewPrice fine = price(CHEAP, JANUARY.plusNanos(999));
        List<Price> first = one.add(List.of(fine));

        // When
        List<Price> again = other.add(List.of(fine, fine));

        // Then
        assertThat(again).containsExactly(first.get(0), first.get(0));
        assertThat(Queries.text(database.application(), "SELECT count(*) FROM price")).isEqualTo("1");
    }

    @Test
    void bothReplicasStartingWithTheSameBookStoreItOnce() throws InterruptedException {
        // Given
        List<NewPrice> book = List.of(price(CHEAP, JANUARY), price(DEAR, JUNE));
        Thread first = Thread.ofVirtual().unstarted(() -> one.add(book));
        Thread second = Thread.ofVirtual().unstarted(() -> other.add(book));

        // When
        first.start();
        second.start();
        first.join();
        second.join();

        // Then
        assertThat(one.all()).hasSize(2);
        assertThat(other.all()).isEqualTo(one.all());
        assertThat(Queries.text(database.application(), "SELECT count(*) FROM price")).isEqualTo("2");
    }

    @Test
    void ofAListThatCannotBeStoredNothingIs() {
        // Given
        NewPrice unreadable = new NewPrice(MODEL, DEAR, JUNE, "a page\0", null);

        // When / Then
        assertThatThrownBy(() -> one.add(List.of(price(CHEAP, JANUARY), unreadable))).isInstanceOf(IllegalArgumentException.class);
        assertThat(one.all()).isEmpty();
        assertThat(Queries.text(database.application(), "SELECT count(*) FROM price")).isEqualTo("0");
    }

    @Test
    void anotherOrganisationsPricesAreNotSeen() {
        // Given
        TestPostgres.execute(database.migrator(), "INSERT INTO organisation (id) VALUES ('rival')");
        JdbcPriceBook rival = new JdbcPriceBook(database.application(), tasks, new OrganisationId("rival"));

        // When
        rival.add(List.of(price(CHEAP, JANUARY)));
        one.add(List.of(price(DEAR, JUNE)));

        // Then
        assertThat(rival.at(MODEL, JUNE).map(PriceVersion::price)).contains(CHEAP);
        assertThat(one.at(MODEL, JANUARY)).isEmpty();
        await().atMost(PROPAGATION).untilAsserted(() -> assertThat(other.all()).isEqualTo(one.all()).hasSize(1));
    }

    @Test
    void withPostgresAwayPricesStayKnownAndNoneIsAdded() {
        // Given
        one.add(List.of(price(CHEAP, JANUARY)));
        oneSource.disconnect();

        // When / Then
        assertThatThrownBy(() -> one.add(List.of(price(DEAR, JUNE)))).isInstanceOf(Unavailable.class);
        assertThat(one.at(MODEL, JUNE).map(PriceVersion::price)).contains(CHEAP);
    }

    private static NewPrice price(TokenPrice amounts, Instant from) {
        return new NewPrice(MODEL, amounts, from, "a page", null);
    }
}
