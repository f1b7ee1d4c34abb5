package io.weir.gateway.pipeline;

import io.weir.router.GatewayError;
import io.weir.router.Offer;
import io.weir.router.Outcome;
import io.weir.router.stream.Usage;
import io.weir.tenancy.admission.Reservation;
import org.jspecify.annotations.Nullable;

/**
 * How the last attempt ended.
 *
 * @param offer who was asked
 * @param outcome how it ended
 * @param ended the reservation's end, to be booked
 * @param error what the caller is told instead of an end, or null
 */
public record Served(Offer offer, Outcome outcome, Reservation.Ended ended, @Nullable GatewayError error) {

    public Usage usage() {
        return ended.settlement().usage();
    }

    /** Ends the response: the last chunk, or the error. */
    void finish(ResponseSink sink) {
        if (error != null) {
            sink.fail(error);
        } else if (outcome instanceof Outcome.Completed completed) {
            sink.complete(completed.reason(), usage());
        }
    }
}
