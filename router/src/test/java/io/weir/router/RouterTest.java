package io.weir.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.Candidate.Health;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.InputBound;
import io.weir.router.chat.Message;
import io.weir.router.chat.Sampling;
import io.weir.router.score.Complexity;
import io.weir.router.score.Residency;
import io.weir.router.score.Sensitivity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouterTest {

    private static final PriceVersion CHEAP = new PriceVersion(1, new TokenPrice(20_000_000, 20_000_000, 20_000_000, 60_000_000));
    private static final PriceVersion DEAR = new PriceVersion(2, new TokenPrice(3_000_000_000L, 300_000_000, 3_750_000_000L, 15_000_000_000L));
    private static final ModelLimits LIMITS = new ModelLimits(4_096, 1_024);
    private static final Candidate LOCAL = candidate(Route.ON_PREM, "local", Residency.PREMISES, CHEAP, Health.UP);
    private static final Candidate CLOUD = candidate(Route.BEDROCK, "cloud", Residency.REGION, DEAR, Health.UP);

    private final Router router = new Router();

    @Test
    void aSimpleRequestStaysOnPremWithTheCloudBehindIt() {
        // Given
        Classified simple = classified("auto", 300, RoutingPolicy.DEFAULT);

        // When
        Candidates candidates = router.candidates(simple, List.of(CLOUD, LOCAL));

        // Then
        assertThat(candidates.rule()).isEqualTo("simple-on-prem");
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL, CLOUD);
    }

    @Test
    void aComplexRequestGoesToBedrockFromTheThresholdOn() {
        // Given
        Classified complex = classified("auto", 700, RoutingPolicy.DEFAULT);

        // When
        Candidates candidates = router.candidates(complex, List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.rule()).isEqualTo("complex-to-bedrock");
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(CLOUD, LOCAL);
    }

    @Test
    void justBelowTheThresholdStaysOnPrem() {
        // Given
        Classified almost = classified("auto", 699, RoutingPolicy.DEFAULT);

        // When
        Candidates candidates = router.candidates(almost, List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.offers().getFirst().candidate()).isEqualTo(LOCAL);
    }

    @Test
    void withoutBedrockAComplexRequestIsAnsweredOnPremAndTheRuleSaysSo() {
        // Given
        Classified complex = classified("auto", 900, RoutingPolicy.DEFAULT);

        // When
        Candidates candidates = router.candidates(complex, List.of(LOCAL));

        // Then
        assertThat(candidates.rule()).isEqualTo("complex-without-bedrock");
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL);
    }

    @Test
    void aModelsOwnNamePinsIt() {
        // Given
        Classified pinned = classified("cloud", 0, RoutingPolicy.DEFAULT);

        // When
        Candidates candidates = router.candidates(pinned, List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.rule()).isEqualTo("pinned");
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(CLOUD);
        assertThat(candidates.rejected()).containsExactly(new Rejection(LOCAL, "not_asked"));
    }

    @Test
    void theFenceKeepsARestrictedRequestOnThePremises() {
        // Given
        RoutingPolicy restricted = new RoutingPolicy(700, Sensitivity.RESTRICTED, Set.of());

        // When
        Candidates candidates = router.candidates(classified("auto", 1000, restricted), List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL);
        assertThat(candidates.rejected()).containsExactly(new Rejection(CLOUD, "fence"));
    }

    @Test
    void theUnrestrictedTwinMayTravel() {
        // Given
        RoutingPolicy internal = new RoutingPolicy(700, Sensitivity.INTERNAL, Set.of());

        // When
        Candidates candidates = router.candidates(classified("auto", 1000, internal), List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(CLOUD, LOCAL);
    }

    @Test
    void anUnknownPriceIsNeverZero() {
        // Given
        Candidate unpriced = candidate(Route.ON_PREM, "unpriced", Residency.PREMISES, null, Health.UP);

        // When
        Candidates candidates = router.candidates(classified("auto", 0, RoutingPolicy.DEFAULT), List.of(unpriced, LOCAL));

        // Then
        assertThat(candidates.rejected()).containsExactly(new Rejection(unpriced, "price_unknown"));
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL);
    }

    @Test
    void anEngineThatIsDownIsNotAsked() {
        // Given
        Candidate down = candidate(Route.ON_PREM, "local", Residency.PREMISES, CHEAP, Health.DOWN);

        // When
        Candidates candidates = router.candidates(classified("auto", 0, RoutingPolicy.DEFAULT), List.of(down, CLOUD));

        // Then
        assertThat(candidates.rejected()).containsExactly(new Rejection(down, "down"));
        assertThat(candidates.rule()).isEqualTo("simple-without-on-prem");
    }

    @Test
    void aModelTheTenantMayNotUseIsNotAsked() {
        // Given
        RoutingPolicy onlyLocal = new RoutingPolicy(700, Sensitivity.INTERNAL, Set.of(LOCAL.model()));

        // When
        Candidates candidates = router.candidates(classified("auto", 1000, onlyLocal), List.of(LOCAL, CLOUD));

        // Then
        assertThat(candidates.rejected()).containsExactly(new Rejection(CLOUD, "not_allowed"));
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL);
    }

    @Test
    void theOutputCapIsTheLeastOfRequestModelAndContextLeft() {
        // Given
        ChatRequest request = request("auto", 5_000, "x".repeat(3_500));
        long bound = InputBound.of(request);

        // When
        Offer offer = router.candidates(classified(request, 0, RoutingPolicy.DEFAULT), List.of(LOCAL)).offers().getFirst();

        // Then
        assertThat(bound).isEqualTo(3_500 + 16 + 64);
        assertThat(offer.outputCap()).isEqualTo(4_096 - 3_580);
        assertThat(offer.ceiling()).isEqualTo(CHEAP.price().ceiling(3_580, 516));
    }

    @Test
    void aConversationThatDoesNotFitIsRejected() {
        // Given
        ChatRequest request = request("auto", null, "x".repeat(4_096 - 80));

        // When
        Candidates candidates = router.candidates(classified(request, 0, RoutingPolicy.DEFAULT), List.of(LOCAL));

        // Then
        assertThat(candidates.rejected()).containsExactly(new Rejection(LOCAL, "context_window"));
    }

    @Test
    void aWishThatAnEngineCannotHonourIsNotDroppedSilently() {
        // Given
        Candidate seedless = new Candidate(
                CLOUD.engine(), CLOUD.route(), CLOUD.model(), new ModelLimits(4_096, 1_024, Set.of(ModelLimits.Wish.SEED)), CLOUD.residency(), DEAR, Health.UP);
        ChatRequest plain = request("auto", null, "Hello");
        ChatRequest seeded = new ChatRequest(
                plain.model(), plain.messages(), new Sampling(null, null, 7L, List.of()), plain.answer(), plain.attribution());

        // When
        Candidates candidates = router.candidates(classified(seeded, 900, RoutingPolicy.DEFAULT), List.of(seedless, LOCAL));

        // Then
        assertThat(candidates.rejected()).containsExactly(new Rejection(seedless, "lacks_seed"));
        assertThat(candidates.offers()).extracting(Offer::candidate).containsExactly(LOCAL);
        assertThat(router.candidates(classified(plain, 900, RoutingPolicy.DEFAULT), List.of(seedless, LOCAL)).rejected()).isEmpty();
    }

    @Test
    void aSmallHoldDegradesToWhatItAffords() {
        // Given
        Candidates candidates = router.candidates(classified("auto", 900, RoutingPolicy.DEFAULT), List.of(LOCAL, CLOUD));
        Money affordable = candidates.offers().getLast().ceiling();

        // When
        Decision decision = router.decide(candidates, affordable);

        // Then
        assertThat(decision.chosen().candidate()).isEqualTo(LOCAL);
        assertThat(decision.fallbacks()).isEmpty();
        assertThat(decision.rejected()).containsExactly(new Rejection(CLOUD, "unaffordable"));
    }

    @Test
    void aHoldOfTheDearestAffordsAll() {
        // Given
        Candidates candidates = router.candidates(classified("auto", 900, RoutingPolicy.DEFAULT), List.of(LOCAL, CLOUD));
        Money affordable = candidates.offers().getFirst().ceiling();

        // When
        Decision decision = router.decide(candidates, affordable);

        // Then
        assertThat(decision.chosen().candidate()).isEqualTo(CLOUD);
        assertThat(decision.fallbacks()).extracting(Offer::candidate).containsExactly(LOCAL);
    }

    @Test
    void neverMoreThanThreeOffers() {
        // Given
        List<Candidate> many = List.of(LOCAL, CLOUD, named("cloud-2"), named("cloud-3"), named("cloud-4"));

        // When
        Candidates candidates = router.candidates(classified("auto", 0, RoutingPolicy.DEFAULT), many);

        // Then
        assertThat(candidates.offers()).extracting(offer -> offer.candidate().model().value()).containsExactly("local", "cloud", "cloud-2");
        assertThat(candidates.rejected()).extracting(Rejection::reason).containsExactly("not_needed", "not_needed");
    }

    @Test
    void decidingWithoutAnAffordableOfferIsABug() {
        // Given
        Candidates candidates = router.candidates(classified("auto", 0, RoutingPolicy.DEFAULT), List.of(LOCAL));

        // When / Then
        assertThatThrownBy(() -> router.decide(candidates, Money.ZERO)).isInstanceOf(IllegalStateException.class);
    }

    private static Candidate named(String model) {
        return candidate(Route.BEDROCK, model, Residency.REGION, DEAR, Health.UP);
    }

    private static Candidate candidate(Route route, String model, Residency residency, @Nullable PriceVersion price, Health health) {
        return new Candidate(new EngineId(route.label()), route, new ModelId(model), LIMITS, residency, price, health);
    }

    private static Classified classified(String model, int milli, RoutingPolicy policy) {
        return classified(request(model, null, "Hello"), milli, policy);
    }

    private static Classified classified(ChatRequest request, int milli, RoutingPolicy policy) {
        return new Classified(request, new Complexity(milli, List.of(), "test"), policy.sensitivity(), policy);
    }

    private static ChatRequest request(String model, @Nullable Integer maxTokens, String text) {
        return new ChatRequest(
                model,
                List.of(Message.text(Message.Role.USER, text)),
                Sampling.DEFAULT,
                new ChatRequest.Answer(maxTokens, false, false, false),
                Attribution.NONE);
    }
}
