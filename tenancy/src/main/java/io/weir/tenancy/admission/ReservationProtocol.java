package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.ReserveCommand.Mode;
import io.weir.tenancy.admission.ReserveCommand.ScopeLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Reservations} over the two stores. Made by {@link MoneyCore}; called on the requests' virtual threads. */
final class ReservationProtocol implements Reservations {

    /** An epoch that ended is asked again in the next; three in a row mean that the stores are not to be relied on now. */
    static final int EPOCHS_TRIED = 3;
    /** A counter is missing, is seeded, and is asked for again. */
    private static final int TRIES = 3;
    /** The outcome's label of an attempt whose intent may or may not have been recorded: it never reached an engine. */
    private static final String NOT_RECORDED = "refused";

    private final Shared shared;
    private final Workers workers;
    private final CounterSeeder counters;
    private volatile boolean stopped;

    /** What runs beside the requests. */
    record Workers(EpochKeeper epochs, IntentWriter intents, Settler settler, LeaseKeeper leases) {}

    ReservationProtocol(Shared shared, Workers workers) {
        this.shared = shared;
        this.workers = workers;
        this.counters = new CounterSeeder(shared, workers.epochs);
    }

    void stop() {
        stopped = true;
    }

    @Override
    public Admission reserve(Claim claim) {
        Admission admission = ask(claim, Mode.RESERVE);
        switch (admission) {
            case Admission.Granted granted -> shared.reached(CrashPoints.AFTER_RESERVE);
            case Admission.Refused refused -> shared.listener().refused(refused.cause());
        }
        return admission;
    }

    @Override
    public Admission probe(Claim claim) {
        return ask(claim, Mode.PROBE);
    }

    @Override
    public Intended intend(Grant grant, Booking booking) {
        Grant present = grant;
        for (int tries = 0; tries < EPOCHS_TRIED; tries++) {
            Held held = new Held(present, booking);
            AttemptKey key = OpenAttempts.key(held);
            if (!shared.open().add(held)) {
                break;
            }
            switch (workers.intents.record(held)) {
                case ON_RECORD -> {
                    shared.reached(CrashPoints.AFTER_INTENT);
                    return new Intended.Held(held);
                }
                case REFUSED -> {
                    shared.open().remove(key);
                    return refuse(present);
                }
                case UNKNOWN -> {
                    workers.settler.close(held.voided(NOT_RECORDED));
                    return refused();
                }
                case EPOCH_GONE -> shared.open().remove(key);
            }
            Grant again = again(present);
            if (again == null) {
                return refused();
            }
            present = again;
        }
        return refuse(present);
    }

    @Override
    public void release(Grant grant) {
        workers.settler.letGo(grant.epoch(), new AttemptKey(grant.request(), grant.attempt()));
    }

    @Override
    public void checkpoint(Held held, long outputTokens) {
        OpenAttempts.Attempt attempt = shared.open().find(OpenAttempts.key(held));
        if (attempt != null) {
            attempt.note(outputTokens);
        }
    }

    @Override
    public void close(Reservation.Ended ended) {
        workers.settler.close(ended);
    }

    private Intended refuse(Grant grant) {
        release(grant);
        return refused();
    }

    private Intended refused() {
        shared.listener().refused(RefusalCause.STORES_AWAY);
        return new Intended.Refused(storesAway());
    }

    /** The same worst case in the present epoch; PostgreSQL never saw the hold in the former one. Null when it is refused there. */
    private @Nullable Grant again(Grant grant) {
        release(grant);
        workers.epochs.doubt(grant.epoch());
        workers.epochs.look();
        Claim claim = grant.claim();
        List<Claim.Step> same = List.of(new Claim.Step(grant.held(), grant.heldTokens()));
        Admission admission = ask(new Claim(claim.request(), claim.attempt(), claim.caller(), claim.limits(), same), Mode.RESERVE);
        return switch (admission) {
            case Admission.Granted granted ->
                new Grant(claim, granted.grant().held(), granted.grant().heldTokens(), granted.grant().epoch(), granted.grant().period());
            case Admission.Refused refused -> null;
        };
    }

    private Admission ask(Claim claim, Mode mode) {
        if (!claim.caller().organisation().equals(shared.organisation())) {
            throw new IllegalArgumentException("these are the books of another organisation");
        }
        for (int tries = 0; tries < TRIES; tries++) {
            long epoch = workers.epochs.inUse();
            if (epoch == 0 || stopped || shared.isPostgresAway() || !workers.leases.isRegistered()) {
                return storesAway();
            }
            Admission admission = askOnce(claim, mode, epoch);
            if (admission != null) {
                return admission;
            }
        }
        return storesAway();
    }

    /** Null when it is worth asking again. */
    private @Nullable Admission askOnce(Claim claim, Mode mode, long epoch) {
        AttemptKey key = new AttemptKey(claim.request(), claim.attempt());
        try {
            return switch (shared.store().reserve(command(claim, mode, epoch))) {
                case ReserveAnswer.Granted granted ->
                    new Admission.Granted(new Grant(claim, granted.held(), granted.tokens(), epoch, granted.period()));
                case ReserveAnswer.Refused refused -> new Admission.Refused(refused.cause(), refused.retryAfter());
                case ReserveAnswer.Unknown unknown ->
                    counters.seed(epoch, new Counters.Key(unknown.scope(), unknown.periodFrom())) ? null : storesAway();
                case ReserveAnswer.Unseeded unseeded -> {
                    workers.epochs.doubt(epoch);
                    yield storesAway();
                }
                case ReserveAnswer.Gone gone -> storesAway();
                case ReserveAnswer.OutsidePeriods outside -> storesAway();
            };
        } catch (StoreAway away) {
            shared.away(away);
            if (mode == Mode.RESERVE) {
                workers.settler.letGo(epoch, key); // it may be held all the same; where this is lost too, the sweeper ends it
            }
            return storesAway();
        }
    }

    private ReserveCommand command(Claim claim, Mode mode, long epoch) {
        AttemptKey key = new AttemptKey(claim.request(), claim.attempt());
        ReserveCommand.Act act = new ReserveCommand.Act(mode, key, 0, claim.caller(), claim.steps());
        TenantLimits limits = claim.limits();
        Money budget = limits.monthlyBudget();
        ScopeLimits tenant = new ScopeLimits(
                Scope.of(claim.caller().tenant()),
                orNone(limits.requestsPerMinute()),
                orNone(limits.tokensPerMinute()),
                budget == null ? ScopeLimits.NONE : budget.nanos());
        return new ReserveCommand(act, epoch, shared.start(), List.of(tenant), Periods.at(shared.now()));
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? ScopeLimits.NONE : limit;
    }

    private static Admission.Refused storesAway() {
        return new Admission.Refused(RefusalCause.STORES_AWAY, null);
    }
}
