package io.weir.tenancy.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Counters.Extent;
import io.weir.tenancy.admission.Counters.Sums;
import io.weir.tenancy.admission.Effect;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Periods;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.ReserveAnswer;
import io.weir.tenancy.admission.ReserveCommand;
import io.weir.tenancy.admission.ReserveCommand.Mode;
import io.weir.tenancy.admission.ReserveCommand.ScopeLimits;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.testing.Gateway;
import io.weir.tenancy.testing.InMemoryAdmissionStore;
import io.weir.tenancy.testing.SettableClock;
import io.weir.tenancy.testing.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ten thousand random acts, the same on Redis and in memory: every answer and every counter agrees. */
class StoresAgreeTest {

    private static final int ACTS = 10_000;
    private static final long SEED = 20_261_122;
    private static final long EPOCH = 1;
    private static final UUID START = new UUID(0, 1);
    private static final List<Scope> SCOPES = List.of(
            new Scope(Scope.Kind.ORGANISATION, "default"), Scope.of(new TenantId("acme")), new Scope(Scope.Kind.PROJECT, "default"));
    private static final Map<Scope, Long> BUDGETS = Map.of(SCOPES.get(0), 2_000L, SCOPES.get(1), 900L, SCOPES.get(2), -1L);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Instant now = Instant.now();
    private final Grant.Period month = Periods.at(now).current();
    private final List<AttemptKey> attempts =
            IntStream.range(0, 60).mapToObj(i -> new AttemptKey(new RequestId(new UUID(7, i / 3)), 1 + i % 3)).toList();

    @Test
    void theyAgree() {
        // Given
        ClientResources resources = DefaultClientResources.create();
        TestRedis.shared().ask(commands -> commands.flushall());
        try (AdmissionStore redis =
                        RedisAdmissionStore.at(TestRedis.shared().url(), Gateway.ORGANISATION, resources, Duration.ofSeconds(5));
                AdmissionStore memory = new InMemoryAdmissionStore(new SettableClock(now))) {
            Map<Counters.Key, Sums> zero = new HashMap<>();
            SCOPES.forEach(scope -> zero.put(new Counters.Key(scope, month.from()), Sums.ZERO));
            for (AdmissionStore store : List.of(redis, memory)) {
                store.open();
                store.seed(new Counters.Seed(EPOCH, Extent.WHOLE, zero, List.of()));
                store.publish();
            }

            for (int act = 0; act < ACTS; act++) {
                // When
                Object expected;
                Object actual;
                if (random.nextInt(3) > 0) {
                    ReserveCommand command = command();
                    expected = comparable(memory.reserve(command));
                    actual = comparable(redis.reserve(command));
                } else {
                    List<Effect> effects = effects();
                    expected = memory.apply(EPOCH, effects);
                    actual = redis.apply(EPOCH, effects);
                }

                // Then
                Map<Counters.Key, Sums> counters = redis.counters(EPOCH, zero.keySet());
                assertThat(actual).as("act %d of seed %d", act, SEED).isEqualTo(expected);
                assertThat(counters).as("act %d of seed %d", act, SEED).isEqualTo(memory.counters(EPOCH, zero.keySet()));
            }
        } finally {
            resources.shutdown(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private ReserveCommand command() {
        List<ScopeLimits> scopes = new ArrayList<>();
        for (Scope scope : SCOPES) {
            if (random.nextInt(4) > 0 || scope.equals(SCOPES.get(1))) {
                // No buckets: the two stores' clocks differ.
                scopes.add(new ScopeLimits(scope, ScopeLimits.NONE, ScopeLimits.NONE, BUDGETS.get(scope)));
            }
        }
        List<Claim.Step> steps = random.ints(1 + random.nextInt(3), 0, 1_000)
                .map(nanos -> -nanos)
                .sorted()
                .mapToObj(nanos -> new Claim.Step(Money.ofNanos(-nanos), -nanos / 10))
                .toList();
        Mode mode = random.nextInt(5) == 0 ? Mode.PROBE : Mode.RESERVE;
        AttemptKey key = attempts.get(random.nextInt(attempts.size()));
        ReserveCommand.Act act = new ReserveCommand.Act(mode, key, random.nextInt(4) / 3, Gateway.caller("acme"), steps);
        return new ReserveCommand(act, EPOCH, START, scopes, Periods.at(now));
    }

    private List<Effect> effects() {
        AttemptKey key = attempts.get(random.nextInt(attempts.size()));
        Effect.Where where = new Effect.Where(List.of(SCOPES.get(1)), month.from());
        return switch (random.nextInt(4)) {
            case 0 -> List.of(new Effect.LetGo(key));
            case 1 ->
                List.of(new Effect.Booked(
                        key, new Effect.Row("ADJUSTMENT", "late"), Money.ofNanos(-random.nextInt(20)), where, Effect.KEEP));
            default -> List.of(new Effect.Booked(key, Effect.Row.USAGE, Money.ofNanos(random.nextInt(20)), where, random.nextInt(9)));
        };
    }

    /** The wait of an exhausted budget depends on the clock alone. */
    private static Object comparable(ReserveAnswer answer) {
        return answer instanceof ReserveAnswer.Refused(RefusalCause cause, Duration wait) ? cause : answer;
    }
}
