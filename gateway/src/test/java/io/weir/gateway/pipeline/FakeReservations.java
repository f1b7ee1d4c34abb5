package io.weir.gateway.pipeline;

import io.weir.router.Money;
import io.weir.tenancy.admission.Admission;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.Reservation;
import io.weir.tenancy.admission.Reservations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Grants while the budget lasts, and keeps what it was told, in order. */
final class FakeReservations implements Reservations {

    private static final Grant.Period PERIOD = new Grant.Period(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-12-01T00:00:00Z"));

    final List<Claim> claims = new ArrayList<>();
    final List<Reservation.Held> intents = new ArrayList<>();
    final List<Reservation.Ended> ended = new ArrayList<>();
    final List<Long> checkpoints = new ArrayList<>();
    Money budget = Money.ofNanos(Long.MAX_VALUE / 2);
    boolean intentsRefused;

    @Override
    public Admission reserve(Claim claim) {
        claims.add(claim);
        return probe(claim);
    }

    @Override
    public Admission probe(Claim claim) {
        for (Claim.Step step : claim.steps()) {
            if (step.ceiling().compareTo(budget) <= 0) {
                return new Admission.Granted(new Grant(claim, step.ceiling(), step.tokens(), 1, PERIOD));
            }
        }
        return new Admission.Refused(RefusalCause.BUDGET_HELD, null);
    }

    @Override
    public Intended intend(Grant grant, Booking booking) {
        if (intentsRefused) {
            return new Intended.Refused(new Admission.Refused(RefusalCause.STORES_AWAY, null));
        }
        Reservation.Held held = new Reservation.Held(grant, booking);
        intents.add(held);
        return new Intended.Held(held);
    }

    @Override
    public void release(Grant grant) {
        throw new AssertionError("nothing here gives a grant back unasked");
    }

    @Override
    public void checkpoint(Reservation.Held held, long outputTokens) {
        checkpoints.add(outputTokens);
    }

    @Override
    public void close(Reservation.Ended end) {
        ended.add(end);
    }
}
