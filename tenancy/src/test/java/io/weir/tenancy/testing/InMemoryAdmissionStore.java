package io.weir.tenancy.testing;

import io.weir.router.Money;
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
import io.weir.tenancy.admission.ReserveCommand;
import io.weir.tenancy.admission.ReserveCommand.Mode;
import io.weir.tenancy.admission.ReserveCommand.ScopeLimits;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.admission.StoreAway;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The admission store in memory, on a clock of the test's: what the scripts promise, written a second time and differently. */
public final class InMemoryAdmissionStore implements AdmissionStore {

    private static final long WINDOW_MICROS = 60_000_000;

    private final Clock clock;
    private final Map<Long, Generation> generations = new HashMap<>();
    private String runId = "run-1";
    private boolean published;

    public InMemoryAdmissionStore(Clock clock) {
        this.clock = clock;
    }

    /** All that one epoch has. */
    private static final class Generation {
        private boolean seeded;
        private final Map<Counters.Key, Sums> counters = new HashMap<>();
        private final Map<AttemptKey, Hold> holds = new HashMap<>();
        private final Map<String, Bucket> buckets = new HashMap<>();
        private final Set<String> rows = new HashSet<>();
        private final Map<UUID, Instant> leases = new HashMap<>();
    }

    private static final class Hold {
        private final Counters.Hold first;
        private final Instant since;
        private final boolean counted;
        private final Map<Integer, Claim.Step> slices = new HashMap<>();
        private Counters.@Nullable Checkpoint checkpoint;

        private Hold(Counters.Hold first, Instant since, boolean counted) {
            this.first = first;
            this.since = since;
            this.counted = counted;
        }

        private Money nanos() {
            return slices.values().stream().map(Claim.Step::ceiling).reduce(Money.ZERO, Money::plus);
        }

        private long tokens() {
            return slices.values().stream().mapToLong(Claim.Step::tokens).sum();
        }

        private Counters.Found found() {
            return new Counters.Found(
                    new Counters.Hold(first.key(), nanos(), tokens(), first.period(), first.owner()), checkpoint);
        }
    }

    /** The level times the window, so that it is whole. */
    private record Bucket(BigInteger level, long atMicros, long capacity) {
        private BigInteger full() {
            return units(capacity);
        }

        private static BigInteger units(long count) {
            return BigInteger.valueOf(count).multiply(BigInteger.valueOf(WINDOW_MICROS));
        }

        private Bucket at(long micros, long newCapacity) {
            BigInteger refill = BigInteger.valueOf(newCapacity).multiply(BigInteger.valueOf(Math.max(0, micros - atMicros)));
            return new Bucket(level.add(refill).min(units(newCapacity)), micros, newCapacity);
        }

        private Bucket plus(long count) {
            return new Bucket(level.add(units(count)).min(full()), atMicros, capacity);
        }

        private long microsUntil(long count) {
            BigInteger missing = units(count).subtract(level).max(BigInteger.ZERO);
            BigInteger[] parts = missing.divideAndRemainder(BigInteger.valueOf(capacity));
            return parts[0].longValueExact() + parts[1].signum();
        }
    }

    /** Everything is gone, as after FLUSHALL. */
    public synchronized void flush() {
        generations.clear();
    }

    /** Another server answers from now on. */
    public synchronized void restart(String newRunId) {
        generations.clear();
        runId = newRunId;
        published = false;
    }

    @Override
    public synchronized String open() {
        published = false;
        return runId;
    }

    @Override
    public synchronized void publish() {
        published = true;
    }

    @Override
    public synchronized boolean isServing() {
        return published;
    }

    @Override
    public synchronized void abandon() {
        published = false;
    }

    @Override
    public synchronized boolean isSeeded(long epoch) {
        return generation(epoch).seeded;
    }

    @Override
    public synchronized SeedAnswer seed(Counters.Seed seed) {
        Generation generation = generation(seed.epoch());
        boolean isWhole = seed.extent() == Extent.WHOLE;
        if (isWhole == generation.seeded) {
            return isWhole ? SeedAnswer.ALREADY : SeedAnswer.UNSEEDED;
        }
        seed.counters().forEach(generation.counters::putIfAbsent);
        for (Counters.Hold hold : seed.holds()) {
            Hold laid = new Hold(hold, clock.instant(), false);
            laid.slices.put(0, new Claim.Step(hold.held(), hold.tokens()));
            generation.holds.putIfAbsent(hold.key(), laid);
        }
        generation.seeded = true;
        return SeedAnswer.SEEDED;
    }

    @Override
    public synchronized ReserveAnswer reserve(ReserveCommand command) {
        serving();
        Generation generation = generation(command.epoch());
        if (!generation.seeded) {
            return new ReserveAnswer.Unseeded();
        }
        ReserveCommand.Act act = command.act();
        Hold standing = generation.holds.get(act.key());
        if (standing != null && standing.slices.containsKey(act.slice()) && act.mode() == Mode.RESERVE) {
            Claim.Step slice = standing.slices.get(act.slice());
            return new ReserveAnswer.Granted(slice.ceiling(), slice.tokens(), standing.first.period());
        }
        if (standing == null && act.slice() > 0) {
            return new ReserveAnswer.Gone();
        }
        Optional<Grant.Period> period = period(command.periods(), standing == null ? clock.instant() : standing.first.period().from());
        if (period.isEmpty()) {
            return new ReserveAnswer.OutsidePeriods();
        }
        for (ScopeLimits limits : command.scopes()) {
            if (!generation.counters.containsKey(new Counters.Key(limits.scope(), period.get().from()))) {
                return new ReserveAnswer.Unknown(limits.scope(), period.get().from());
            }
        }
        return firstThatFits(generation, command, period.get());
    }

    private ReserveAnswer firstThatFits(Generation generation, ReserveCommand command, Grant.Period period) {
        List<Objection> mildest = new ArrayList<>();
        for (Claim.Step step : command.act().steps()) {
            Optional<Objection> objection = command.scopes().stream()
                    .flatMap(limits -> objections(generation, command, limits, new Wanted(step, period)).stream())
                    .max(Comparator.naturalOrder());
            if (objection.isEmpty()) {
                if (command.act().mode() == Mode.RESERVE) {
                    take(generation, command, new Wanted(step, period));
                }
                return new ReserveAnswer.Granted(step.ceiling(), step.tokens(), period);
            }
            mildest.add(objection.get());
        }
        Objection least = mildest.stream().min(Comparator.naturalOrder()).orElseThrow();
        return new ReserveAnswer.Refused(
                least.cause, least.micros < 0 ? null : Duration.ofMillis(Math.ceilDiv(least.micros, 1_000)));
    }

    private record Wanted(Claim.Step step, Grant.Period period) {}

    private record Objection(RefusalCause cause, long micros) implements Comparable<Objection> {
        private int rank() {
            return switch (cause) {
                case ABOVE_BUDGET -> 6;
                case ABOVE_TOKEN_CAPACITY -> 5;
                case BUDGET_EXHAUSTED -> 4;
                case BUDGET_HELD -> 3;
                case REQUEST_QUOTA, TOKEN_QUOTA -> 1;
                case STORES_AWAY -> 0;
            };
        }

        @Override
        public int compareTo(Objection other) {
            int byRank = Integer.compare(rank(), other.rank());
            return byRank != 0 ? byRank : Long.compare(micros, other.micros);
        }
    }

    private List<Objection> objections(Generation generation, ReserveCommand command, ScopeLimits limits, Wanted wanted) {
        List<Objection> objections = new ArrayList<>();
        Sums sums = generation.counters.get(new Counters.Key(limits.scope(), wanted.period.from()));
        long nanos = wanted.step.ceiling().nanos();
        if (nanos > 0 && limits.budget() >= 0) {
            if (nanos > limits.budget()) {
                objections.add(new Objection(RefusalCause.ABOVE_BUDGET, -1));
            } else if (sums.settled().nanos() + nanos > limits.budget()) {
                objections.add(new Objection(RefusalCause.BUDGET_EXHAUSTED, micros(wanted.period.to()) - micros(clock.instant())));
            } else if (sums.settled().nanos() + sums.held().nanos() + nanos > limits.budget()) {
                objections.add(new Objection(RefusalCause.BUDGET_HELD, -1));
            }
        }
        if (command.countsAsRequest() && limits.requests() >= 0) {
            objections.add(new Objection(
                    RefusalCause.REQUEST_QUOTA, bucket(generation, "r", limits.scope(), limits.requests()).microsUntil(1)));
        }
        if (limits.tokens() >= 0) {
            objections.add(
                    wanted.step.tokens() > limits.tokens()
                            ? new Objection(RefusalCause.ABOVE_TOKEN_CAPACITY, -1)
                            : new Objection(
                                    RefusalCause.TOKEN_QUOTA,
                                    bucket(generation, "k", limits.scope(), limits.tokens()).microsUntil(wanted.step.tokens())));
        }
        objections.removeIf(objection -> objection.micros == 0);
        return objections;
    }

    private void take(Generation generation, ReserveCommand command, Wanted wanted) {
        for (ScopeLimits limits : command.scopes()) {
            if (command.countsAsRequest() && limits.requests() >= 0) {
                generation.buckets.put("r" + limits.scope(), spend(bucket(generation, "r", limits.scope(), limits.requests()), 1));
            }
            if (limits.tokens() >= 0) {
                Bucket tokens = bucket(generation, "k", limits.scope(), limits.tokens());
                generation.buckets.put("k" + limits.scope(), spend(tokens, wanted.step.tokens()));
            }
            add(generation, new Counters.Key(limits.scope(), wanted.period.from()), Money.ZERO, wanted.step.ceiling());
        }
        AttemptKey key = command.act().key();
        Counters.Who who = new Counters.Who(
                command.act().caller().project().value(), command.act().caller().key().value(), command.act().caller().subject());
        List<Scope> scopes = command.scopes().stream().map(ScopeLimits::scope).toList();
        Counters.Hold first = new Counters.Hold(key, wanted.step.ceiling(), wanted.step.tokens(), wanted.period,
                new Counters.Owner(command.start(), who, scopes));
        generation.holds
                .computeIfAbsent(key, absent -> new Hold(first, clock.instant(), command.countsAsRequest()))
                .slices
                .put(command.act().slice(), wanted.step);
    }

    @Override
    public synchronized boolean apply(long epoch, List<Effect> effects) {
        serving();
        Generation generation = generation(epoch);
        if (!generation.seeded) {
            return false;
        }
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.LetGo letGo -> end(generation, letGo.key(), 0, 1);
                case Effect.Booked booked -> book(generation, booked);
            }
        }
        return true;
    }

    private void book(Generation generation, Effect.Booked booked) {
        if (booked.row().endsHold()) {
            end(generation, booked.key(), booked.usedTokens(), 0);
        }
        if (generation.rows.add(booked.key().text() + booked.row())) {
            for (Scope scope : booked.counter().scopes()) {
                add(generation, new Counters.Key(scope, booked.counter().periodFrom()), booked.amount(), Money.ZERO);
            }
        }
    }

    private void end(Generation generation, AttemptKey key, long used, long requests) {
        Hold hold = generation.holds.remove(key);
        if (hold == null) {
            return;
        }
        for (Scope scope : hold.first.owner().scopes()) {
            add(generation, new Counters.Key(scope, hold.first.period().from()), Money.ZERO, Money.ZERO.minus(hold.nanos()));
            long back = used == Effect.KEEP ? 0 : Math.max(0, hold.tokens() - used);
            generation.buckets.computeIfPresent("k" + scope, (name, bucket) -> bucket.at(now(), bucket.capacity).plus(back));
            if (hold.counted) {
                generation.buckets.computeIfPresent("r" + scope, (name, bucket) -> bucket.at(now(), bucket.capacity).plus(requests));
            }
        }
    }

    @Override
    public synchronized void checkpoint(long epoch, List<Counters.Checkpoint> checkpoints) {
        serving();
        for (Counters.Checkpoint checkpoint : checkpoints) {
            Hold hold = generation(epoch).holds.get(checkpoint.key());
            if (hold != null) {
                hold.checkpoint = checkpoint;
            }
        }
    }

    @Override
    public synchronized Map<AttemptKey, Long> delivered(long epoch, List<AttemptKey> attempts) {
        serving();
        Map<AttemptKey, Long> delivered = new HashMap<>();
        for (AttemptKey key : attempts) {
            Hold hold = generation(epoch).holds.get(key);
            if (hold != null && hold.checkpoint != null) {
                delivered.put(key, hold.checkpoint.outputTokens());
            }
        }
        return delivered;
    }

    @Override
    public synchronized List<Counters.Found> holds(long epoch, Duration olderThan, int most) {
        serving();
        return generation(epoch).holds.values().stream()
                .filter(hold -> !hold.since.plus(olderThan).isAfter(clock.instant()))
                .sorted(Comparator.comparing(hold -> hold.since))
                .limit(most)
                .map(Hold::found)
                .toList();
    }

    @Override
    public synchronized void renewLease(long epoch, UUID start, Duration lease) {
        serving();
        generation(epoch).leases.put(start, clock.instant().plus(lease));
    }

    @Override
    public synchronized Set<UUID> living(long epoch, Collection<UUID> starts) {
        serving();
        Set<UUID> living = new HashSet<>(starts);
        living.removeIf(start -> !generation(epoch).leases.getOrDefault(start, Instant.EPOCH).isAfter(clock.instant()));
        return living;
    }

    @Override
    public synchronized Map<Counters.Key, Sums> counters(long epoch, Collection<Counters.Key> keys) {
        serving();
        Map<Counters.Key, Sums> found = new HashMap<>(generation(epoch).counters);
        found.keySet().retainAll(Set.copyOf(keys));
        return found;
    }

    @Override
    public synchronized void forgetBefore(long epoch) {
        serving();
        generations.keySet().removeIf(number -> number < epoch);
    }

    @Override
    public synchronized void close() {
        published = false;
    }

    private void serving() {
        if (!published) {
            throw new StoreAway(StoreAway.Which.REDIS, "not published", null);
        }
    }

    private Generation generation(long epoch) {
        return generations.computeIfAbsent(epoch, number -> new Generation());
    }

    private Bucket bucket(Generation generation, String kind, Scope scope, long capacity) {
        Bucket bucket = generation.buckets.get(kind + scope);
        return bucket == null ? new Bucket(Bucket.units(capacity), now(), capacity) : bucket.at(now(), capacity);
    }

    private static Bucket spend(Bucket bucket, long count) {
        return new Bucket(bucket.level.subtract(Bucket.units(count)), bucket.atMicros, bucket.capacity);
    }

    private static void add(Generation generation, Counters.Key key, Money settled, Money held) {
        generation.counters.computeIfPresent(
                key, (name, sums) -> new Sums(sums.settled().plus(settled), sums.held().plus(held)));
    }

    private static Optional<Grant.Period> period(Periods periods, Instant at) {
        return List.of(periods.current(), periods.next()).stream()
                .filter(period -> !at.isBefore(period.from()) && at.isBefore(period.to()))
                .findFirst();
    }

    private long now() {
        return micros(clock.instant());
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
