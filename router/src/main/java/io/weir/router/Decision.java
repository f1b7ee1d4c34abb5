package io.weir.router;

import io.weir.router.score.Complexity;
import io.weir.router.score.Sensitivity;
import java.util.List;

/**
 * The route chosen for one request, and everything needed to explain it.
 *
 * @param chosen who answers
 * @param fallbacks who is asked next if it fails before its first delta; at most two
 * @param rule the id of the rule that chose
 * @param rejected every other candidate and why
 * @param complexity the score with its signals
 * @param sensitivity the label the fence was drawn with
 */
public record Decision(
        Offer chosen, List<Offer> fallbacks, String rule, List<Rejection> rejected, Complexity complexity, Sensitivity sensitivity) {

    public static final int MAX_FALLBACKS = 2;

    public Decision {
        fallbacks = List.copyOf(fallbacks);
        rejected = List.copyOf(rejected);
        if (fallbacks.size() > MAX_FALLBACKS) {
            throw new IllegalArgumentException("at most " + MAX_FALLBACKS + " fallbacks");
        }
    }
}
