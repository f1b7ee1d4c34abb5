package io.weir.tenancy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.router.Money;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Counters.Extent;
import io.weir.tenancy.admission.Counters.SeedAnswer;
import io.weir.tenancy.admission.Counters.Sums;
import io.weir.tenancy.admission.Effect;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Periods;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.ReserveAnswer;
import io.weir.tenancy.admission.ReserveAnswer.Granted;
import io.weir.tenancy.admission.ReserveAnswer.Refused;
import io.weir.tenancy.admission.ReserveCommand;
import io.weir.tenancy.admission.ReserveCommand.Mode;
import io.weir.tenancy.admission.ReserveCommand.ScopeLimits;
import io.weir.tenancy.admission.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link AdmissionStore} promises; run against Redis and against the one in memory. */
public abstract class AdmissionStoreContract {

    private static final long EPOCH = 7;
    private static final long NONE = ScopeLimits.NONE;
    private static final Scope ACME = Scope.of(new TenantId("acme"));
    private static final Scope WIDE = new Scope(Scope.Kind.ORGANISATION, "default");
    private static final UUID START = UUID.fromString("00000000-0000-0000-0000-000000000001");

    private AdmissionStore store;
    private Grant.Period month;

    /** A store without any epoch, its link published. */
    protected abstract AdmissionStore store();

    /** By the store's clock. */
    protected abstract Instant now();

    /** Until so much time has passed by the store's clock. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void seed() {
        store = store();
        month = Periods.at(now()).current();
        store.seed(new Counters.Seed(
                EPOCH, Extent.WHOLE, Map.of(key(ACME), Sums.ZERO, key(WIDE), Sums.ZERO), List.of()));
    }

    private Counters.Key key(Scope scope) {
        return new Counters.Key(scope, month.from());
    }

    private Sums sums(Scope scope) {
        return store.counters(EPOCH, Set.of(key(scope))).get(key(scope));
    }

    private static AttemptKey attempt() {
        return new AttemptKey(Gateway.request(), 1);
    }

    private static Claim.Step step(long nanos, long tokens) {
        return new Claim.Step(Money.ofNanos(nanos), tokens);
    }

    private static ScopeLimits limits(long requests, long tokens, long budget) {
        return new ScopeLimits(ACME, requests, tokens, budget);
    }

    private ReserveCommand command(AttemptKey key, ScopeLimits limits, Claim.Step... steps) {
        return command(key, Mode.RESERVE, List.of(limits), steps);
    }

    private ReserveCommand command(AttemptKey key, Mode mode, List<ScopeLimits> limits, Claim.Step... steps) {
        ReserveCommand.Act act = new ReserveCommand.Act(mode, key, 0, Gateway.caller("acme"), Arrays.asList(steps));
        return new ReserveCommand(act, EPOCH, START, limits, Periods.at(now()));
    }

    private ReserveAnswer reserve(ScopeLimits limits, Claim.Step... steps) {
        return store.reserve(command(attempt(), limits, steps));
    }

    private Granted granted(long nanos, long tokens) {
        return new Granted(Money.ofNanos(nanos), tokens, month);
    }

    private Effect booked(AttemptKey key, long nanos, long used) {
        return new Effect.Booked(
                key, Effect.Row.USAGE, Money.ofNanos(nanos), new Effect.Where(List.of(ACME), month.from()), used);
    }

    @Test
    void theDearestStepThatFitsIsHeld() {
        // Given
        ScopeLimits limits = limits(NONE, NONE, 250);

        // When
        ReserveAnswer answer = reserve(limits, step(300, 30), step(200, 20), step(100, 10));

        // Then
        assertThat(answer).isEqualTo(granted(200, 20));
        assertThat(sums(ACME)).isEqualTo(new Sums(Money.ZERO, Money.ofNanos(200)));
    }

    @Test
    void theSameReserveSentTwiceAnswersTheFirstResult() {
        // Given
        ReserveCommand command = command(attempt(), limits(10, 100, 1_000), step(700, 60), step(300, 40));
        ReserveAnswer first = store.reserve(command);

        // When
        ReserveAnswer second = store.reserve(command);

        // Then
        assertThat(second).isEqualTo(first).isEqualTo(granted(700, 60));
        assertThat(sums(ACME).held()).isEqualTo(Money.ofNanos(700));
        assertThat(reserve(limits(10, 100, 1_000), step(300, 40))).isEqualTo(granted(300, 40));
    }

    @Test
    void aProbeAnswersTheSameAndTakesNothing() {
        // Given
        AttemptKey key = attempt();
        ScopeLimits limits = limits(1, 10, 100);

        // When
        ReserveAnswer probe = store.reserve(command(key, Mode.PROBE, List.of(limits), step(100, 10)));

        // Then
        assertThat(probe).isEqualTo(granted(100, 10));
        assertThat(sums(ACME)).isEqualTo(Sums.ZERO);
        assertThat(store.reserve(command(key, limits, step(100, 10)))).isEqualTo(granted(100, 10));
    }

    @Test
    void aRefusalInOneScopeConsumesNothingInAnother() {
        // Given
        ScopeLimits roomy = limits(1, 10, 1_000);
        ScopeLimits tight = new ScopeLimits(WIDE, NONE, NONE, 50);

        // When
        ReserveAnswer answer = store.reserve(command(attempt(), Mode.RESERVE, List.of(roomy, tight), step(100, 10)));

        // Then
        assertThat(answer).isEqualTo(new Refused(RefusalCause.ABOVE_BUDGET, null));
        assertThat(sums(ACME)).isEqualTo(Sums.ZERO);
        assertThat(reserve(roomy, step(100, 10))).isEqualTo(granted(100, 10));
    }

    @Test
    void whatIsHeldInAllScopesComesBackInAllScopes() {
        // Given
        AttemptKey key = attempt();
        ScopeLimits wide = new ScopeLimits(WIDE, NONE, NONE, 100);
        store.reserve(command(key, Mode.RESERVE, List.of(limits(NONE, NONE, 100), wide), step(100, 10)));

        // When
        store.apply(EPOCH, List.of(new Effect.LetGo(key)));

        // Then
        assertThat(sums(ACME)).isEqualTo(Sums.ZERO);
        assertThat(sums(WIDE)).isEqualTo(Sums.ZERO);
    }

    @Test
    void aBudgetRefusalSaysWhetherWaitingHelps() {
        // Given
        AttemptKey settled = attempt();
        store.reserve(command(settled, limits(NONE, NONE, 100), step(60, 1)));
        store.apply(EPOCH, List.of(booked(settled, 60, 1)));
        reserve(limits(NONE, NONE, 100), step(20, 1));

        // When
        ReserveAnswer above = reserve(limits(NONE, NONE, 100), step(200, 1), step(101, 1));
        ReserveAnswer exhausted = reserve(limits(NONE, NONE, 100), step(41, 1));
        ReserveAnswer held = reserve(limits(NONE, NONE, 100), step(40, 1));
        ReserveAnswer fits = reserve(limits(NONE, NONE, 100), step(20, 1));

        // Then
        assertThat(above).isEqualTo(new Refused(RefusalCause.ABOVE_BUDGET, null));
        assertThat(((Refused) exhausted).cause()).isEqualTo(RefusalCause.BUDGET_EXHAUSTED);
        assertThat(((Refused) exhausted).retryAfter())
                .isCloseTo(Duration.between(now(), month.to()), Duration.ofSeconds(30));
        assertThat(held).isEqualTo(new Refused(RefusalCause.BUDGET_HELD, null));
        assertThat(fits).isEqualTo(granted(20, 1));
    }

    @Test
    void withoutABudgetTheCounterIsKeptAllTheSame() {
        // When
        reserve(limits(NONE, NONE, NONE), step(5_000_000_000_000_000L, 1));

        // Then
        assertThat(sums(ACME).held()).isEqualTo(Money.ofNanos(5_000_000_000_000_000L));
    }

    @Test
    void aBudgetAtTheEndOfWhatCountsIsExactToTheNano() {
        // Given
        long budget = Money.MAX_COUNTER_NANOS;
        AttemptKey first = attempt();
        store.reserve(command(first, limits(NONE, NONE, budget), step(budget - 1, 1)));

        // When
        ReserveAnswer tooMuch = reserve(limits(NONE, NONE, budget), step(2, 1));
        ReserveAnswer last = reserve(limits(NONE, NONE, budget), step(1, 1));

        // Then
        assertThat(tooMuch).isEqualTo(new Refused(RefusalCause.BUDGET_HELD, null));
        assertThat(last).isEqualTo(granted(1, 1));
        store.apply(EPOCH, List.of(booked(first, budget - 1, 1)));
        assertThat(sums(ACME)).isEqualTo(new Sums(Money.ofNanos(budget - 1), Money.ofNanos(1)));
    }

    @Test
    void moreTokensThanTheBucketEverHoldsNeverFit() {
        assertThat(reserve(limits(NONE, 100, NONE), step(1, 101))).isEqualTo(new Refused(RefusalCause.ABOVE_TOKEN_CAPACITY, null));
    }

    @Test
    void onlyAFirstAttemptCountsAgainstTheRequestQuota() {
        // Given
        AttemptKey first = attempt();
        store.reserve(command(first, limits(1, NONE, NONE), step(1, 1)));

        // When
        ReserveAnswer second = store.reserve(command(new AttemptKey(first.request(), 2), limits(1, NONE, NONE), step(1, 1)));
        ReserveAnswer other = reserve(limits(1, NONE, NONE), step(1, 1));

        // Then
        assertThat(second).isEqualTo(granted(1, 1));
        assertThat(((Refused) other).cause()).isEqualTo(RefusalCause.REQUEST_QUOTA);
    }

    @Test
    void theRetryAfterOfARequestQuotaIsTrue() {
        // Given
        reserve(limits(120, NONE, NONE), step(1, 1));
        for (int i = 0; i < 200; i++) {
            reserve(limits(120, NONE, NONE), step(1, 1));
        }
        ReserveAnswer full = reserve(limits(120, NONE, NONE), step(1, 1));
        Duration retryAfter = ((Refused) full).retryAfter();

        // When
        pass(retryAfter);

        // Then
        assertThat(retryAfter).isBetween(Duration.ofMillis(1), Duration.ofMillis(500));
        assertThat(reserve(limits(120, NONE, NONE), step(1, 1))).isEqualTo(granted(1, 1));
    }

    @Test
    void theRetryAfterOfATokenQuotaIsTrue() {
        // Given
        reserve(limits(NONE, 6_000, NONE), step(1, 6_000));
        Refused full = (Refused) reserve(limits(NONE, 6_000, NONE), step(1, 50));

        // When
        pass(full.retryAfter());

        // Then
        assertThat(full.cause()).isEqualTo(RefusalCause.TOKEN_QUOTA);
        assertThat(full.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofMillis(500));
        assertThat(reserve(limits(NONE, 6_000, NONE), step(1, 50))).isEqualTo(granted(1, 50));
    }

    @Test
    void aBucketAdmitsItsCapacityAndWhatFlowedInMeanwhile() {
        // Given
        long capacity = 600;
        Instant first = now();
        long admitted = 0;

        // When
        while (Duration.between(first, now()).compareTo(Duration.ofMillis(1_500)) < 0) {
            admitted += reserve(limits(capacity, NONE, NONE), step(1, 1)) instanceof Granted ? 1 : 0;
            if (admitted > capacity) {
                pass(Duration.ofMillis(1));
            }
        }
        Instant last = now();
        admitted += reserve(limits(capacity, NONE, NONE), step(1, 1)) instanceof Granted ? 1 : 0;

        // Then
        long flowed = capacity * Duration.between(first, last).toMillis() / 60_000;
        assertThat(admitted).isCloseTo(capacity + flowed, within(2L));
    }

    @Test
    void unusedTokensGoBackAtTheEnd() {
        // Given
        AttemptKey key = attempt();
        store.reserve(command(key, limits(NONE, 100, NONE), step(1, 100)));

        // When
        store.apply(EPOCH, List.of(booked(key, 1, 30)));

        // Then
        assertThat(reserve(limits(NONE, 100, NONE), step(1, 70))).isEqualTo(granted(1, 70));
        assertThat(((Refused) reserve(limits(NONE, 100, NONE), step(1, 50))).cause()).isEqualTo(RefusalCause.TOKEN_QUOTA);
    }

    @Test
    void aHoldBookedInFullGivesNoTokenBack() {
        // Given
        AttemptKey key = attempt();
        store.reserve(command(key, limits(NONE, 100, NONE), step(1, 100)));

        // When
        store.apply(EPOCH, List.of(booked(key, 1, Effect.KEEP)));

        // Then
        assertThat(((Refused) reserve(limits(NONE, 100, NONE), step(1, 50))).cause()).isEqualTo(RefusalCause.TOKEN_QUOTA);
    }

    @Test
    void aGrantThatIsLetGoGivesEverythingBack() {
        // Given
        AttemptKey key = attempt();
        store.reserve(command(key, limits(1, 100, 100), step(100, 100)));

        // When
        store.apply(EPOCH, List.of(new Effect.LetGo(key), new Effect.LetGo(key)));

        // Then
        assertThat(sums(ACME)).isEqualTo(Sums.ZERO);
        assertThat(reserve(limits(1, 100, 100), step(100, 100))).isEqualTo(granted(100, 100));
    }

    @Test
    void aRowIsAppliedOnceHoweverOftenItIsSent() {
        // Given
        AttemptKey key = attempt();
        store.reserve(command(key, limits(NONE, NONE, 1_000), step(100, 1)));
        Effect late = new Effect.Booked(
                key, new Effect.Row("ADJUSTMENT", "late"), Money.ofNanos(-10), new Effect.Where(List.of(ACME), month.from()), Effect.KEEP);

        // When
        for (int i = 0; i < 3; i++) {
            store.apply(EPOCH, List.of(booked(key, 40, 1), late));
        }

        // Then
        assertThat(sums(ACME)).isEqualTo(new Sums(Money.ofNanos(30), Money.ZERO));
    }

    @Test
    void aRowWhoseHoldIsGoneIsSettledAllTheSame() {
        // When
        store.apply(EPOCH, List.of(booked(attempt(), 40, 1)));

        // Then
        assertThat(sums(ACME)).isEqualTo(new Sums(Money.ofNanos(40), Money.ZERO));
    }

    @Test
    void aSliceAddsToItsHoldOnce() {
        // Given
        AttemptKey key = attempt();
        ScopeLimits limits = limits(NONE, NONE, 150);
        store.reserve(command(key, limits, step(100, 10)));
        ReserveCommand.Act act = new ReserveCommand.Act(Mode.RESERVE, key, 1, Gateway.caller("acme"), List.of(step(50, 5)));
        ReserveCommand slice = new ReserveCommand(act, EPOCH, START, List.of(limits), Periods.at(now()));

        // When
        List<ReserveAnswer> answers = List.of(store.reserve(slice), store.reserve(slice));

        // Then
        assertThat(answers).containsExactly(granted(50, 5), granted(50, 5));
        assertThat(sums(ACME).held()).isEqualTo(Money.ofNanos(150));
        store.apply(EPOCH, List.of(booked(key, 120, 12)));
        assertThat(sums(ACME)).isEqualTo(new Sums(Money.ofNanos(120), Money.ZERO));
    }

    @Test
    void aHoldThatIsGoneIsNotExtended() {
        // Given
        ReserveCommand.Act act = new ReserveCommand.Act(Mode.RESERVE, attempt(), 1, Gateway.caller("acme"), List.of(step(50, 5)));

        // When
        ReserveAnswer answer = store.reserve(new ReserveCommand(act, EPOCH, START, List.of(limits(NONE, NONE, 150)), Periods.at(now())));

        // Then
        assertThat(answer).isEqualTo(new ReserveAnswer.Gone());
    }

    @Test
    void aMissingCounterIsUnknownAndConsumesNothing() {
        // Given
        Scope other = Scope.of(new TenantId("other"));
        ScopeLimits unseeded = new ScopeLimits(other, NONE, NONE, NONE);

        // When
        ReserveAnswer answer = store.reserve(command(attempt(), Mode.RESERVE, List.of(limits(1, 1, 1), unseeded), step(1, 1)));

        // Then
        assertThat(answer).isEqualTo(new ReserveAnswer.Unknown(other, month.from()));
        assertThat(reserve(limits(1, 1, 1), step(1, 1))).isEqualTo(granted(1, 1));
    }

    @Test
    void aSingleCounterIsLaidOnceAndNeverReplaced() {
        // Given
        Counters.Key other = key(Scope.of(new TenantId("other")));
        Counters.Seed seed = new Counters.Seed(EPOCH, Extent.SINGLE, Map.of(other, new Sums(Money.ofNanos(5), Money.ZERO)), List.of());
        store.seed(seed);

        // When
        store.seed(new Counters.Seed(EPOCH, Extent.SINGLE, Map.of(other, new Sums(Money.ofNanos(9), Money.ZERO)), List.of()));

        // Then
        assertThat(store.counters(EPOCH, Set.of(other))).isEqualTo(seed.counters());
    }

    @Test
    void anEpochThatIsNotLaidAnswersNothing() {
        // Given
        ReserveCommand command = command(attempt(), limits(NONE, NONE, 1), step(1, 1));

        // When
        ReserveAnswer answer = store.reserve(
                new ReserveCommand(command.act(), EPOCH + 1, START, command.scopes(), command.periods()));

        // Then
        assertThat(answer).isEqualTo(new ReserveAnswer.Unseeded());
        assertThat(store.apply(EPOCH + 1, List.of(booked(attempt(), 1, 1)))).isFalse();
        assertThat(store.isSeeded(EPOCH + 1)).isFalse();
        assertThat(store.seed(new Counters.Seed(EPOCH + 1, Extent.SINGLE, Map.of(), List.of()))).isEqualTo(SeedAnswer.UNSEEDED);
    }

    @Test
    void aWholeSeedIsLaidOnceWithItsHolds() {
        // Given
        AttemptKey key = attempt();
        Counters.Owner owner = new Counters.Owner(START, new Counters.Who("default", "key", "some body"), List.of(ACME));
        Counters.Hold hold = new Counters.Hold(key, Money.ofNanos(70), 7, month, owner);
        Sums sums = new Sums(Money.ofNanos(30), Money.ofNanos(70));
        Counters.Seed seed = new Counters.Seed(EPOCH + 1, Extent.WHOLE, Map.of(key(ACME), sums), List.of(hold));

        // When
        List<SeedAnswer> answers = List.of(store.seed(seed), store.seed(seed));

        // Then
        assertThat(answers).containsExactly(SeedAnswer.SEEDED, SeedAnswer.ALREADY);
        assertThat(store.counters(EPOCH + 1, Set.of(key(ACME)))).containsEntry(key(ACME), sums);
        assertThat(store.holds(EPOCH + 1, Duration.ZERO, 10)).containsExactly(new Counters.Found(hold, null));
    }

    @Test
    void aPeriodTheStoresClockIsNotInIsRefused() {
        // Given
        Periods lastYear = Periods.at(now().minus(Duration.ofDays(365)));
        ReserveCommand command = command(attempt(), limits(NONE, NONE, 1), step(1, 1));

        // When
        ReserveAnswer answer = store.reserve(new ReserveCommand(command.act(), EPOCH, START, command.scopes(), lastYear));

        // Then
        assertThat(answer).isEqualTo(new ReserveAnswer.OutsidePeriods());
    }

    @Test
    void theStorePicksTheNextPeriodWhenItsClockIsThere() {
        // Given
        Periods early = Periods.at(month.from().minusMillis(1));
        ReserveCommand command = command(attempt(), limits(NONE, NONE, 1), step(1, 1));

        // When
        ReserveAnswer answer = store.reserve(new ReserveCommand(command.act(), EPOCH, START, command.scopes(), early));

        // Then
        assertThat(answer).isEqualTo(granted(1, 1));
    }

    @Test
    void checkpointsStandOnHoldsAlone() {
        // Given
        AttemptKey held = attempt();
        AttemptKey gone = attempt();
        store.reserve(command(held, limits(NONE, NONE, NONE), step(5, 6)));
        Counters.Checkpoint checkpoint = new Counters.Checkpoint(held, 12, "small\non-prem\non-prem\n1");

        // When
        store.checkpoint(EPOCH, List.of(checkpoint, new Counters.Checkpoint(gone, 3, "x")));

        // Then
        assertThat(store.delivered(EPOCH, List.of(held, gone))).isEqualTo(Map.of(held, 12L));
        assertThat(store.holds(EPOCH, Duration.ZERO, 10)).singleElement().satisfies(found -> {
            assertThat(found.checkpoint()).isEqualTo(checkpoint);
            assertThat(found.hold().held()).isEqualTo(Money.ofNanos(5));
            assertThat(found.hold().owner().start()).isEqualTo(START);
        });
    }

    @Test
    void youngHoldsAreNotListed() {
        // When
        reserve(limits(NONE, NONE, NONE), step(5, 6));

        // Then
        assertThat(store.holds(EPOCH, Duration.ofSeconds(30), 10)).isEmpty();
    }

    @Test
    void aLeaseLapses() {
        // Given
        UUID other = UUID.fromString("00000000-0000-0000-0000-000000000002");
        store.renewLease(EPOCH, START, Duration.ofMinutes(1));
        store.renewLease(EPOCH, other, Duration.ofMillis(20));

        // When
        pass(Duration.ofMillis(40));

        // Then
        assertThat(store.living(EPOCH, List.of(START, other))).containsExactly(START);
    }

    @Test
    void earlierEpochsAreForgotten() {
        // Given
        store.seed(new Counters.Seed(EPOCH + 1, Extent.WHOLE, Map.of(key(ACME), Sums.ZERO), List.of()));

        // When
        store.forgetBefore(EPOCH + 1);

        // Then
        assertThat(store.isSeeded(EPOCH)).isFalse();
        assertThat(store.isSeeded(EPOCH + 1)).isTrue();
        assertThat(store.counters(EPOCH + 1, Set.of(key(ACME)))).hasSize(1);
    }
}
