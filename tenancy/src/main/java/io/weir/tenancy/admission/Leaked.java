package io.weir.tenancy.admission;

import io.weir.router.EngineId;
import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import io.weir.router.Route;
import io.weir.router.TokenPrice;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.admission.Reservation.Ended;
import io.weir.tenancy.admission.Reservation.Held;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The end of a hold of which nothing is left but itself: neither intent nor ledger row (DESIGN.md 7.7). Pure. */
final class Leaked {

    private static final String NOTHING = "none";
    private static final String NO_DECISION = "{}";
    private static final TokenPrice UNPRICED = new TokenPrice(0, 0, 0, 0);

    private Leaked() {}

    /** VOID, or HELD_FULL where a checkpoint shows that it was sent. */
    static Ended end(OrganisationId organisation, Counters.Found found, Instant now) {
        Counters.Checkpoint checkpoint = found.checkpoint();
        Held held = held(organisation, found, now);
        return checkpoint == null ? held.voided(Reservation.EXPIRED) : held.expire();
    }

    /** What is booked, as one field of a hold. */
    static String served(Booking booking) {
        return String.join("\n", booking.model().value(), booking.engine().value(), booking.route().label(),
                Long.toString(booking.price().version()));
    }

    private static Held held(OrganisationId organisation, Counters.Found found, Instant now) {
        Counters.Hold hold = found.hold();
        Counters.Who who = hold.owner().who();
        TenantId tenant = new TenantId(hold.owner().scopes().stream()
                .filter(scope -> scope.kind() == Scope.Kind.TENANT)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a hold without a tenant"))
                .id());
        Caller caller =
                new Caller(organisation, tenant, new ProjectId(who.project()), new KeyId(who.key()), who.subject(), Set.of());
        Claim claim = new Claim(hold.key().request(), hold.key().attempt(), caller, TenantLimits.NONE,
                List.of(new Claim.Step(hold.held(), hold.tokens())));
        Grant grant = new Grant(claim, hold.held(), hold.tokens(), 0, hold.period());
        return new Held(grant, booking(found, now));
    }

    /** Without a checkpoint nothing was sent anywhere, so nothing left the premises: that is the route on record. */
    private static Booking booking(Counters.Found found, Instant now) {
        Counters.Checkpoint checkpoint = found.checkpoint();
        String[] parts = checkpoint == null ? new String[0] : checkpoint.served().split("\n");
        boolean isKnown = parts.length == 4;
        return new Booking(
                new ModelId(isKnown ? parts[0] : NOTHING),
                new EngineId(isKnown ? parts[1] : NOTHING),
                isKnown ? Route.ofLabel(parts[2]) : Route.ON_PREM,
                new PriceVersion(isKnown ? Long.parseLong(parts[3]) : 0, UNPRICED),
                0,
                0,
                now,
                Map.of(),
                NO_DECISION);
    }
}
