package io.weir.gateway.dialect;

import io.weir.router.Candidate;
import io.weir.router.Candidate.Health;
import io.weir.router.Candidates;
import io.weir.router.Classified;
import io.weir.router.Decision;
import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Money;
import io.weir.router.Offer;
import io.weir.router.PriceVersion;
import io.weir.router.Rejection;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.router.RoutingPolicy;
import io.weir.router.TokenPrice;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Sampling;
import io.weir.router.score.Complexity;
import io.weir.router.score.Residency;
import io.weir.router.score.Sensitivity;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.Admission;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.Settlement.Basis;
import io.weir.tenancy.ledger.Ledger.Receipt;
import io.weir.tenancy.ledger.Ledger.State;
import io.weir.tenancy.ledger.Ledger.Tokens;
import io.weir.tenancy.ledger.Ledger.UsageLine;
import io.weir.tenancy.ledger.LedgerEntry;
import io.weir.tenancy.ledger.LedgerEntry.Kind;
import io.weir.tenancy.ledger.LedgerEntry.Served;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.TenantLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeirWritersTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final RequestId REQUEST = RequestId.parse("019aab00-0000-7000-8000-000000000001");

    private static final Candidate SONNET = new Candidate(
            new EngineId("bedrock"),
            Route.BEDROCK,
            new ModelId("anthropic.claude-sonnet"),
            new ModelLimits(200_000, 64_000),
            Residency.GEOGRAPHY,
            new PriceVersion(7, new TokenPrice(3_000_000_000L, 300_000_000L, 3_750_000_000L, 15_000_000_000L)),
            Health.UP);
    private static final Candidate SMALL = new Candidate(
            new EngineId("on-prem"),
            Route.ON_PREM,
            new ModelId("weir-small-moe"),
            new ModelLimits(2048, 512),
            Residency.PREMISES,
            new PriceVersion(1, new TokenPrice(1_000_000L, 0, 1_000_000L, 2_000_000L)),
            Health.UP);
    private static final Candidate OTHER = new Candidate(
            new EngineId("on-prem"),
            Route.ON_PREM,
            new ModelId("tiny"),
            new ModelLimits(256, 256),
            Residency.PREMISES,
            null,
            Health.DOWN);

    private static final Offer FIRST = new Offer(SONNET, SONNET.price(), 1_000, 64_000, Money.ofNanos(963_750_000));
    private static final Offer SECOND = new Offer(SMALL, SMALL.price(), 1_000, 512, Money.ofNanos(2_024));
    private static final Complexity COMPLEX = new Complexity(
            700, List.of(new Complexity.Signal("length", 300), new Complexity.Signal("keyword:refactor", 400)), "heuristic");
    private static final Decision DECISION = new Decision(
            FIRST,
            List.of(SECOND),
            "complex-to-bedrock",
            List.of(new Rejection(OTHER, "price_unknown")),
            COMPLEX,
            Sensitivity.INTERNAL);

    @Test
    void writesADecisionForTheLedger() {
        // When
        String json = WeirDecisionWriter.decision(DECISION, RoutingPolicy.DEFAULT);

        // Then
        Golden.assertMatches("decision.json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void explainsAGrant() {
        // Given
        Claim claim = new Claim(REQUEST, 1, caller(), TenantLimits.NONE, List.of(new Claim.Step(FIRST.ceiling(), FIRST.tokens())));
        Grant grant = new Grant(claim, FIRST.ceiling(), FIRST.tokens(), 1, new Grant.Period(NOON, NOON.plusSeconds(1)));

        // When
        byte[] json = WeirDecisionWriter.explanation(candidates(), DECISION, new Admission.Granted(grant), FIRST.ceiling());

        // Then
        Golden.assertMatches("explanation-granted.json", json);
    }

    @Test
    void explainsARefusal() {
        // Given
        Admission refused = new Admission.Refused(RefusalCause.REQUEST_QUOTA, Duration.ofMillis(1_001));

        // When
        byte[] json = WeirDecisionWriter.explanation(candidates(), DECISION, refused, FIRST.ceiling());

        // Then
        Golden.assertMatches("explanation-refused.json", json);
    }

    @Test
    void explainsARefusalWithoutAnEnd() {
        // Given
        Admission refused = new Admission.Refused(RefusalCause.ABOVE_BUDGET, null);

        // When
        byte[] json = WeirDecisionWriter.explanation(candidates(), DECISION, refused, FIRST.ceiling());

        // Then
        Golden.assertMatches("explanation-above-budget.json", json);
    }

    @Test
    void explainsThatNobodyMayAnswer() {
        // Given
        Candidates nobody = new Candidates(classified(), List.of(), List.of(new Rejection(OTHER, "down")), "pinned");

        // When
        byte[] json = WeirDecisionWriter.explanation(nobody, null, null, Money.ZERO);

        // Then
        Golden.assertMatches("explanation-nobody.json", json);
    }

    @Test
    void writesAReceiptWithTheStoredDecisionsMembers() {
        // Given
        LedgerEntry failed = entry(1, Kind.USAGE, "", Basis.VOID, new Tokens(0, 0, 0, 0, 0), 0);
        LedgerEntry answered = entry(2, Kind.USAGE, "", Basis.FLOOR, new Tokens(100, 5, 0, 60, 10), 900);
        LedgerEntry late = entry(2, Kind.ADJUSTMENT, "late", Basis.METERED, new Tokens(-10, 0, 0, -2, -1), -30);
        Receipt receipt = new Receipt(
                REQUEST,
                State.SETTLED,
                WeirDecisionWriter.decision(DECISION, RoutingPolicy.DEFAULT),
                NOON,
                List.of(failed, answered, late),
                Money.ofNanos(870));

        // When
        byte[] json = WeirLedgerWriter.receipt(receipt);

        // Then
        Golden.assertMatches("receipt.json", json);
    }

    @Test
    void writesAnOpenReceipt() {
        // Given a decision as PostgreSQL hands jsonb back: its own order, blanks between
        String stored = "{\"rule\": \"pinned\", \"model\": \"tiny\", \"route\": \"on-prem\", \"engine\": \"on-prem\", \"rejected\": [], "
                + "\"complexity\": {\"milli\": 0, \"scorer\": \"heuristic\", \"signals\": []}, \"sensitivity\": \"internal\"}";
        Receipt receipt = new Receipt(REQUEST, State.OPEN, stored, NOON, List.of(), Money.ZERO);

        // When
        byte[] json = WeirLedgerWriter.receipt(receipt);

        // Then
        Golden.assertMatches("receipt-open.json", json);
    }

    @Test
    void writesAUsageReportWithItsTotal() {
        // Given
        UsageLine one = new UsageLine(
                new TenantId("demo"), "default", "weir-small-moe", "on-prem", 3, new Tokens(100, 5, 1, 60, 10), Money.ofNanos(900), Money.ofNanos(100));
        UsageLine two = new UsageLine(
                new TenantId("demo"), "default", "anthropic.claude-sonnet", "bedrock", 1, new Tokens(7, 0, 0, 8, 0), Money.ofNanos(1_000_000_141), Money.ZERO);

        // When
        byte[] json = WeirLedgerWriter.usage(NOON, null, List.of(one, two));
        byte[] empty = WeirLedgerWriter.usage(null, NOON.plusMillis(5), List.of());

        // Then
        Golden.assertMatches("usage.json", json);
        Golden.assertMatches("usage-empty.json", empty);
    }

    private static LedgerEntry entry(int attempt, Kind kind, String cause, Basis basis, Tokens tokens, long nanos) {
        Candidate candidate = attempt == 1 ? SONNET : SMALL;
        Served served = new Served(candidate.model(), candidate.engine(), candidate.route(), 8 - attempt);
        LedgerEntry.Key key = new LedgerEntry.Key(REQUEST, attempt, kind, cause);
        return new LedgerEntry(key, served, basis, tokens, Money.ofNanos(nanos), "completed", NOON.plusSeconds(attempt));
    }

    private static Candidates candidates() {
        return new Candidates(classified(), List.of(FIRST, SECOND), List.of(new Rejection(OTHER, "price_unknown")), "complex-to-bedrock");
    }

    private static Classified classified() {
        ChatRequest request = new ChatRequest(
                ModelId.AUTO,
                List.of(Message.text(Role.USER, "never shown")),
                Sampling.DEFAULT,
                new ChatRequest.Answer(null, false, false, false),
                Attribution.NONE);
        return new Classified(request, COMPLEX, Sensitivity.INTERNAL, RoutingPolicy.DEFAULT);
    }

    private static Caller caller() {
        return new Caller(
                new OrganisationId("default"), new TenantId("demo"), new ProjectId("default"), new KeyId("k1"), "nobody", Set.of());
    }
}
