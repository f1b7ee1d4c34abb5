package io.weir.gateway.pipeline;

import io.weir.gateway.dialect.ParsedChat;
import io.weir.router.Decision;
import io.weir.router.Offer;
import io.weir.router.chat.ChatRequest;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Grant;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything dispatch needs: reserved and decided.
 *
 * @param inbound the request
 * @param tenant for whom
 * @param asked what was asked, and what of it is ignored
 * @param decision who answers, who is next
 * @param grant the first attempt's hold
 * @param receipt the decision as JSON, for the ledger
 */
record Plan(Inbound inbound, Tenant tenant, ParsedChat asked, Decision decision, Grant grant, String receipt) {

    ChatRequest request() {
        return asked.request();
    }

    /** The chosen offer, then the fallbacks. */
    List<Offer> offers() {
        List<Offer> offers = new ArrayList<>(decision.fallbacks().size() + 1);
        offers.add(decision.chosen());
        offers.addAll(decision.fallbacks());
        return offers;
    }

    AnswerStart head(Offer answering) {
        return new AnswerStart(inbound.id(), request(), answering, decision, asked.ignored());
    }

    Booking booking(Offer offer) {
        return new Booking(
                offer.candidate().model(),
                offer.candidate().engine(),
                offer.candidate().route(),
                offer.price(),
                offer.inputBound(),
                offer.outputCap(),
                inbound.at(),
                request().attribution().tags(),
                receipt);
    }
}
