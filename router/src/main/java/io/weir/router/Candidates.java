package io.weir.router;

import java.util.List;

/**
 * Who may answer a request, best first, with the rule that ordered them.
 *
 * @param classified the request and what is known of it
 * @param offers never more than {@link Router#MAX_OFFERS}; empty when nobody may answer
 * @param rejected everybody else
 * @param rule the id of the rule that ordered the offers
 */
public record Candidates(Classified classified, List<Offer> offers, List<Rejection> rejected, String rule) {

    public Candidates {
        offers = List.copyOf(offers);
        rejected = List.copyOf(rejected);
    }
}
