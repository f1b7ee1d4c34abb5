package io.weir.gateway.pipeline;

import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.Engine;
import io.weir.router.EngineCall;
import io.weir.router.EngineStream;
import io.weir.router.GatewayError;
import io.weir.router.Offer;
import io.weir.router.Outcome;
import io.weir.router.Refusal;
import io.weir.router.Ticker;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.tenancy.admission.Admission;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.Reservations;
import io.weir.tenancy.admission.Reservations.Intended;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stage that asks engines: the chosen one, then its fallbacks, until one delivers. Each attempt has its own hold, intent and ledger entry. No
 * engine is asked after the first delta, and none that was not reserved for.
 */
public final class Dispatch {

    private final Engines engines;
    private final Admit admit;
    private final Reservations reservations;
    private final Waits waits;
    private final Ticker ticker;

    public Dispatch(Engines engines, Admit admit, Reservations reservations, Waits waits, Ticker ticker) {
        this.engines = engines;
        this.admit = admit;
        this.reservations = reservations;
        this.waits = waits;
        this.ticker = ticker;
    }

    Served stream(Plan plan, ResponseSink sink, CancelToken cancel) {
        Deadline total = Deadline.after(waits.total(), ticker);
        List<Offer> offers = plan.offers();
        Grant grant = plan.grant();
        for (int attempt = 1; ; attempt++) {
            Offer offer = offers.get(attempt - 1);
            Held held = intend(plan, grant, offer);
            Relay.Result result = ask(plan, held, offer, new Exchange(sink, cancel, total));
            Grant next = attempt < offers.size() && result.mayFailOver() && !cancel.isCancelled()
                    ? extend(plan, attempt + 1, offers.get(attempt))
                    : null;
            if (next == null) {
                return new Served(offer, result.outcome(), result.ended(), error(result));
            }
            reservations.close(result.ended());
            grant = next;
        }
    }

    /** Where the answer goes, and what ends it early. */
    record Exchange(ResponseSink sink, CancelToken cancel, Deadline total) {}

    private Held intend(Plan plan, Grant grant, Offer offer) {
        return switch (reservations.intend(grant, plan.booking(offer))) {
            case Intended.Held held -> held.held();
            case Intended.Refused refused -> throw new Refusal(Admit.error(refused.refusal()));
        };
    }

    private @Nullable Grant extend(Plan plan, int attempt, Offer offer) {
        return switch (admit.extend(plan.inbound(), plan.tenant(), attempt, offer)) {
            case Admission.Granted granted -> granted.grant();
            case Admission.Refused refused -> null;
        };
    }

    private Relay.Result ask(Plan plan, Held held, Offer offer, Exchange exchange) {
        Relay relay = new Relay(plan.head(offer), held, exchange, reservations, waits, ticker);
        if (exchange.cancel().isCancelled()) {
            return relay.neverSent();
        }
        Engine engine = engines.byId(offer.candidate().engine());
        EngineCall call = new EngineCall(
                offer.candidate().model(),
                plan.request(),
                offer.outputCap(),
                plan.request().answer().stream() ? EngineCall.Delivery.STREAM : EngineCall.Delivery.WHOLE);
        try (EngineStream stream = engine.open(call, held, exchange.cancel())) {
            return relay.run(stream);
        } catch (RuntimeException | Error fault) {
            reservations.close(relay.afterFault());
            throw fault;
        }
    }

    private static @Nullable GatewayError error(Relay.Result result) {
        Broken broken = result.broken();
        if (broken == null || result.outcome() instanceof Outcome.ClientGone) {
            return null;
        }
        return switch (broken.cause()) {
            case INVALID -> new GatewayError.Invalid("invalid_request", null, "The engine does not accept this request.");
            case CONTEXT_EXCEEDED -> new GatewayError.Invalid(
                    "context_length_exceeded", "messages", "The conversation does not fit the model's context window.");
            case THROTTLED -> new GatewayError.EngineThrottled(broken.retryAfter());
            case UNAVAILABLE, UNREACHABLE -> new GatewayError.NoEngine("No engine that may answer is up. Try again soon.");
            case TIMED_OUT -> new GatewayError.EngineTimedOut();
            case CANCELLED -> new GatewayError.StoresAway();
            case SERVER_ERROR, DENIED, MALFORMED, CUT -> new GatewayError.EngineFailed();
        };
    }
}
