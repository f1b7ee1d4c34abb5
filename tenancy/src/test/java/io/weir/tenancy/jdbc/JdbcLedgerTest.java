package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.Settlement.Basis;
import io.weir.tenancy.ledger.Ledger;
import io.weir.tenancy.ledger.Ledger.Receipt;
import io.weir.tenancy.ledger.Ledger.State;
import io.weir.tenancy.ledger.Ledger.Tokens;
import io.weir.tenancy.ledger.Ledger.UsageLine;
import io.weir.tenancy.ledger.Ledger.UsageQuery;
import io.weir.tenancy.ledger.LedgerEntry;
import io.weir.tenancy.ledger.LedgerEntry.Kind;
import io.weir.tenancy.testing.SwitchableDataSource;
import io.weir.tenancy.testing.TestPostgres;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcLedgerTest {

    private static final OrganisationId ORGANISATION = new OrganisationId("default");
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId RIVAL = new TenantId("rival");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private TestPostgres.Database database;
    private SwitchableDataSource source;
    private LedgerRows rows;
    private JdbcLedger ledger;

    @BeforeEach
    void start() {
        database = TestPostgres.database();
        source = new SwitchableDataSource(database.application());
        rows = new LedgerRows(database.application());
        ledger = new JdbcLedger(source);
    }

    @Test
    void aRequestThatNeverWasHasNoReceipt() {
        // When / Then
        assertThat(ledger.receipt(ORGANISATION, ACME, request(1))).isEmpty();
    }

    @Test
    void anOpenRequestSaysSoAndNothingOfItsCost() {
        // Given
        rows.intent(LedgerRows.row(request(1)).effectiveAt(NOON).decision("{\"rule\":\"cheap\"}"));

        // When
        Receipt receipt = ledger.receipt(ORGANISATION, ACME, request(1)).orElseThrow();

        // Then
        assertThat(receipt).isEqualTo(new Receipt(request(1), State.OPEN, "{\"rule\": \"cheap\"}", NOON, List.of(), Money.ZERO));
    }

    @Test
    void aRequestIsOpenWhileAnyAttemptIs() {
        // Given
        rows.book(LedgerRows.row(request(1)).attempt(1).amount(7));
        rows.intent(LedgerRows.row(request(1)).attempt(2));

        // When
        Receipt receipt = ledger.receipt(ORGANISATION, ACME, request(1)).orElseThrow();

        // Then
        assertThat(receipt.state()).isEqualTo(State.OPEN);
        assertThat(receipt.attempts()).isEmpty();
    }

    @Test
    void aBookedRequestHasEveryEntryInOrderAndTheirSum() {
        // Given
        rows.book(LedgerRows.row(request(1)).attempt(2).model("nova", "bedrock", "bedrock").tokens(10, 4, 2, 20, 5).amount(900)
                .decision("{\"rule\":\"failover\"}").effectiveAt(NOON));
        rows.book(LedgerRows.row(request(1)).attempt(2).kind("OVERRUN").model("nova", "bedrock", "bedrock").amount(11)
                .decision("{\"rule\":\"failover\"}").effectiveAt(NOON));
        rows.book(LedgerRows.row(request(1)).attempt(1).basis("HELD_FULL").tokens(30, 0, 0, 0, 0).amount(500).outcome("expired")
                .effectiveAt(NOON));
        rows.book(LedgerRows.row(request(1)).attempt(1).kind("ADJUSTMENT").cause("late").tokens(-18, 0, 0, 3, 0).amount(-380)
                .effectiveAt(NOON));

        // When
        Receipt receipt = ledger.receipt(ORGANISATION, ACME, request(1)).orElseThrow();

        // Then
        LedgerEntry.Served onPrem = new LedgerEntry.Served(new ModelId("small"), new EngineId("on-prem"), Route.ON_PREM, 3);
        LedgerEntry.Served bedrock = new LedgerEntry.Served(new ModelId("nova"), new EngineId("bedrock"), Route.BEDROCK, 3);
        assertThat(receipt.state()).isEqualTo(State.SETTLED);
        assertThat(receipt.decision()).isEqualTo("{\"rule\": \"failover\"}");
        assertThat(receipt.effectiveAt()).isEqualTo(NOON);
        assertThat(receipt.cost()).isEqualTo(Money.ofNanos(500 - 380 + 900 + 11));
        assertThat(receipt.attempts()).containsExactly(
                entry(1, Kind.USAGE, "", onPrem, Basis.HELD_FULL, new Tokens(30, 0, 0, 0, 0), 500, "expired"),
                entry(1, Kind.ADJUSTMENT, "late", onPrem, Basis.METERED, new Tokens(-18, 0, 0, 3, 0), -380, "completed"),
                entry(2, Kind.USAGE, "", bedrock, Basis.METERED, new Tokens(10, 4, 2, 20, 5), 900, "completed"),
                entry(2, Kind.OVERRUN, "", bedrock, Basis.METERED, new Tokens(0, 0, 0, 0, 0), 11, "completed"));
    }

    @Test
    void aRequestOfWhichNothingWasSentIsVoided() {
        // Given
        rows.book(LedgerRows.row(request(1)).attempt(1).basis("VOID").outcome("upstream_broke"));
        rows.book(LedgerRows.row(request(1)).attempt(2).basis("VOID").outcome("client_gone"));

        // When
        Receipt receipt = ledger.receipt(ORGANISATION, ACME, request(1)).orElseThrow();

        // Then
        assertThat(receipt.state()).isEqualTo(State.VOIDED);
        assertThat(receipt.cost()).isEqualTo(Money.ZERO);
        assertThat(receipt.attempts()).hasSize(2);
    }

    @Test
    void anotherTenantsOrOrganisationsRequestIsLikeOneThatNeverWas() {
        // Given
        rows.book(LedgerRows.row(request(1)).amount(7));
        rows.intent(LedgerRows.row(request(2)));

        // When / Then
        assertThat(ledger.receipt(ORGANISATION, ACME, request(1))).isPresent();
        assertThat(ledger.receipt(ORGANISATION, ACME, request(2))).isPresent();
        assertThat(ledger.receipt(ORGANISATION, RIVAL, request(1))).isEmpty();
        assertThat(ledger.receipt(ORGANISATION, RIVAL, request(2))).isEmpty();
        assertThat(ledger.receipt(new OrganisationId("rival"), ACME, request(1))).isEmpty();
        assertThat(ledger.receipt(new OrganisationId("rival"), ACME, request(2))).isEmpty();
    }

    @Test
    void usageIsSummedByTenantProjectModelAndRoute() {
        // Given
        rows.book(LedgerRows.row(request(1)).tokens(1, 2, 3, 4, 1).amount(10));
        rows.book(LedgerRows.row(request(2)).tokens(10, 20, 30, 40, 2).amount(100));
        rows.book(LedgerRows.row(request(3)).model("nova", "bedrock", "bedrock").tokens(5, 0, 0, 5, 0).amount(1000));
        rows.book(LedgerRows.row(request(4)).tenant("rival").tokens(7, 0, 0, 7, 0).amount(10_000));

        // When
        List<UsageLine> lines = ledger.usage(new UsageQuery(ORGANISATION, null, null, null));

        // Then
        assertThat(lines).containsExactly(
                line(ACME, "nova", "bedrock", 1, new Tokens(5, 0, 0, 5, 0), 1000, 0),
                line(ACME, "small", "on-prem", 2, new Tokens(11, 22, 33, 44, 3), 110, 0),
                line(RIVAL, "small", "on-prem", 1, new Tokens(7, 0, 0, 7, 0), 10_000, 0));
        assertThat(ledger.usage(new UsageQuery(ORGANISATION, RIVAL, null, null))).containsExactly(lines.get(2));
        assertThat(ledger.usage(new UsageQuery(new OrganisationId("rival"), null, null, null))).isEmpty();
    }

    @Test
    void theSpanIsHalfOpen() {
        // Given
        rows.book(LedgerRows.row(request(1)).effectiveAt(NOON.minusNanos(1000)).amount(1));
        rows.book(LedgerRows.row(request(2)).effectiveAt(NOON).amount(10));
        rows.book(LedgerRows.row(request(3)).effectiveAt(NOON.plusSeconds(3600).minusNanos(1000)).amount(100));
        rows.book(LedgerRows.row(request(4)).effectiveAt(NOON.plusSeconds(3600)).amount(1000));

        // When / Then
        assertThat(cost(NOON, NOON.plusSeconds(3600))).isEqualTo(110);
        assertThat(cost(NOON, null)).isEqualTo(1110);
        assertThat(cost(null, NOON)).isEqualTo(1);
        assertThat(cost(null, null)).isEqualTo(1111);
        assertThat(cost(NOON, NOON)).isZero();
    }

    @Test
    void aRequestIsCountedOnceWhereItsLastAttemptWent() {
        // Given
        rows.book(LedgerRows.row(request(1)).attempt(1).basis("VOID"));
        rows.book(LedgerRows.row(request(1)).attempt(2).basis("FLOOR").amount(5));
        rows.book(LedgerRows.row(request(1)).attempt(3).model("nova", "bedrock", "bedrock").amount(50));
        rows.book(LedgerRows.row(request(1)).attempt(3).kind("OVERRUN").model("nova", "bedrock", "bedrock").amount(2));
        rows.book(LedgerRows.row(request(2)).attempt(1).amount(3));

        // When
        List<UsageLine> lines = ledger.usage(new UsageQuery(ORGANISATION, ACME, null, null));

        // Then
        assertThat(lines).containsExactly(
                line(ACME, "nova", "bedrock", 1, new Tokens(0, 0, 0, 0, 0), 52, 0),
                line(ACME, "small", "on-prem", 1, new Tokens(0, 0, 0, 0, 0), 8, 5));
    }

    @Test
    void theEstimatedShareIsWhatNobodyCountedInTheEnd() {
        // Given
        rows.book(LedgerRows.row(request(1)).basis("METERED").amount(1));
        rows.book(LedgerRows.row(request(2)).basis("FLOOR").amount(10));
        rows.book(LedgerRows.row(request(3)).basis("HELD_FULL").amount(100));
        rows.book(LedgerRows.row(request(4)).basis("HELD_FULL").amount(1000));
        rows.book(LedgerRows.row(request(4)).basis("METERED").kind("ADJUSTMENT").cause("late").amount(-900));
        rows.book(LedgerRows.row(request(5)).basis("HELD_FULL").amount(10_000));
        rows.book(LedgerRows.row(request(5)).basis("FLOOR").kind("ADJUSTMENT").cause("late").amount(-4000));

        // When
        List<UsageLine> lines = ledger.usage(new UsageQuery(ORGANISATION, ACME, null, null));

        // Then
        assertThat(lines).containsExactly(line(
                ACME, "small", "on-prem", 5, new Tokens(0, 0, 0, 0, 0), 1 + 10 + 100 + 100 + 6000, 10 + 100 + 6000));
    }

    @Test
    void sumsOfManyEntriesAreExact() {
        // Given
        Random random = new Random(20261122);
        BigInteger expected = BigInteger.ZERO;
        List<LedgerRows.Row> batch = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            long amount = random.nextLong(1L << 49) + 1;
            expected = expected.add(BigInteger.valueOf(amount));
            batch.add(LedgerRows.row(request(i)).tokens(amount % 997, 0, 0, amount % 991, 0).amount(amount));
        }
        rows.book(batch);

        // When
        UsageLine line = ledger.usage(new UsageQuery(ORGANISATION, null, null, null)).get(0);

        // Then
        assertThat(BigInteger.valueOf(line.cost().nanos())).isEqualTo(expected);
        assertThat(line.requests()).isEqualTo(5_000);
        assertThat(line.tokens().inputFresh()).isEqualTo(batch.stream().mapToLong(row -> row.inputFresh).sum());
    }

    @Test
    void aSumThatNoLongHoldsIsAnErrorNotAWrongReport() {
        // Given
        rows.book(LedgerRows.row(request(1)).amount(Long.MAX_VALUE));
        rows.book(LedgerRows.row(request(2)).amount(1));

        // When / Then
        assertThatThrownBy(() -> ledger.usage(new UsageQuery(ORGANISATION, null, null, null))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void withPostgresAwayNothingIsSaid() {
        // Given
        rows.book(LedgerRows.row(request(1)).amount(7));
        source.disconnect();

        // When / Then
        assertThatThrownBy(() -> ledger.receipt(ORGANISATION, ACME, request(1))).isInstanceOf(Ledger.Unavailable.class);
        assertThatThrownBy(() -> ledger.usage(new UsageQuery(ORGANISATION, null, null, null))).isInstanceOf(Ledger.Unavailable.class);
    }

    private long cost(@Nullable Instant from, @Nullable Instant to) {
        return ledger.usage(new UsageQuery(ORGANISATION, null, from, to)).stream().mapToLong(line -> line.cost().nanos()).sum();
    }

    private static UsageLine line(TenantId tenant, String model, String route, long requests, Tokens tokens, long cost, long estimated) {
        return new UsageLine(tenant, "default", model, route, requests, tokens, Money.ofNanos(cost), Money.ofNanos(estimated));
    }

    private static LedgerEntry entry(
            int attempt, Kind kind, String cause, LedgerEntry.Served served, Basis basis, Tokens tokens, long amount, String outcome) {
        return new LedgerEntry(
                new LedgerEntry.Key(request(1), attempt, kind, cause),
                served,
                basis,
                tokens,
                Money.ofNanos(amount),
                outcome,
                LedgerRows.BOOKED_AT);
    }

    private static RequestId request(int number) {
        return new RequestId(new UUID(0x0000_019A_0000_7000L, 0x8000_0000_0000_0000L | number));
    }
}
