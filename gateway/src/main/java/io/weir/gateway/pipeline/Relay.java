package io.weir.gateway.pipeline;

import io.weir.gateway.pipeline.Dispatch.Exchange;
import io.weir.router.Deadline;
import io.weir.router.EngineStream;
import io.weir.router.Outcome;
import io.weir.router.Ticker;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.Usage;
import io.weir.tenancy.admission.Reservation;
import io.weir.tenancy.admission.Reservation.Held;
import io.weir.tenancy.admission.Reservations;
import org.jspecify.annotations.Nullable;

/** Carries one attempt's events from the engine to the caller, in order, and says how its reservation ends. Lives for one attempt. */
final class Relay {

    private final AnswerStart head;
    private final Held held;
    private final Exchange exchange;
    private final Reservations reservations;
    private final Waits waits;
    private final Ticker ticker;
    private final Tally tally = new Tally();
    private boolean opened;
    private Outcome.Wait waitingFor = Outcome.Wait.FIRST_EVENT;

    Relay(AnswerStart head, Held held, Exchange exchange, Reservations reservations, Waits waits, Ticker ticker) {
        this.head = head;
        this.held = held;
        this.exchange = exchange;
        this.reservations = reservations;
        this.waits = waits;
        this.ticker = ticker;
    }

    /**
     * @param broken why it ended early, or null
     * @param delivered whether the caller has seen anything of it
     */
    record Result(Outcome outcome, Reservation.Ended ended, @Nullable Broken broken, boolean delivered) {

        boolean mayFailOver() {
            return broken != null && broken.cause().retriable() && !delivered;
        }
    }

    Result run(EngineStream stream) {
        while (true) {
            switch (stream.next(deadline())) {
                case StreamEvent.Delta delta -> {
                    open();
                    tally.delta(delta.text());
                    exchange.sink().delta(delta);
                }
                case StreamEvent.ReasoningDelta delta -> {
                    open();
                    tally.reasoning(delta.text());
                    exchange.sink().reasoning(delta);
                }
                case StreamEvent.UsageReport report -> tally.report(report.usage());
                case StreamEvent.Finished finished -> {
                    open();
                    return finished(finished);
                }
                case Broken broken -> {
                    return broken(broken);
                }
            }
            reservations.checkpoint(held, tally.output());
        }
    }

    /** The caller was gone before the engine was asked. */
    Result neverSent() {
        Outcome gone = new Outcome.ClientGone();
        return new Result(gone, held.voided(gone.label()), new Broken(BreakCause.CANCELLED, Spent.NOTHING), false);
    }

    /** Weir failed in between: nobody knows what the engine still does. */
    Reservation.Ended afterFault() {
        return held.settleFull(new Outcome.Faulted().label());
    }

    private void open() {
        waitingFor = Outcome.Wait.NEXT_EVENT;
        if (!opened) {
            opened = true;
            exchange.sink().open(head);
        }
    }

    private Deadline deadline() {
        Deadline next = Deadline.after(opened ? waits.nextEvent() : waits.firstEvent(), ticker);
        return next.earlier(exchange.total());
    }

    private Result finished(StreamEvent.Finished finished) {
        Outcome outcome = new Outcome.Completed(finished.reason());
        Usage.Exact usage = tally.reported();
        Reservation.Ended ended = usage == null
                ? held.settleFloor(tally.floor(held.booking().inputBound()), outcome.label())
                : held.settle(usage, outcome.label());
        return new Result(outcome, ended, null, opened);
    }

    private Result broken(Broken broken) {
        Outcome outcome = outcome(broken);
        return new Result(outcome, end(broken, outcome.label()), broken, opened);
    }

    private Outcome outcome(Broken broken) {
        if (exchange.sink().isGone()) {
            return new Outcome.ClientGone();
        }
        if (broken.cause() != BreakCause.TIMED_OUT) {
            return new Outcome.UpstreamBroke(broken.cause());
        }
        return new Outcome.TimedOut(exchange.total().remainingNanos(ticker) <= 0 ? Outcome.Wait.TOTAL : waitingFor);
    }

    private Reservation.Ended end(Broken broken, String outcome) {
        if (broken.spent() == Spent.NOTHING && !opened) {
            return held.voided(outcome);
        }
        boolean countSurvives = head.request().answer().stream() || tally.reported() != null;
        return countSurvives ? held.settleFloor(tally.floor(held.booking().inputBound()), outcome) : held.settleFull(outcome);
    }
}
