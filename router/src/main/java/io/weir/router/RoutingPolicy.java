package io.weir.router;

import io.weir.router.score.Sensitivity;
import java.util.Set;

/**
 * A tenant's wishes for routing.
 *
 * @param thresholdMilli complexity (thousandths) from which a request goes to the strong engine
 * @param sensitivity the label every request of the tenant starts with; it only rises from there
 * @param models the models the tenant may use; empty means all
 */
public record RoutingPolicy(int thresholdMilli, Sensitivity sensitivity, Set<ModelId> models) {

    /** The published heuristic's threshold. */
    public static final int DEFAULT_THRESHOLD_MILLI = 700;

    public static final RoutingPolicy DEFAULT = new RoutingPolicy(DEFAULT_THRESHOLD_MILLI, Sensitivity.INTERNAL, Set.of());

    public RoutingPolicy {
        models = Set.copyOf(models);
        if (thresholdMilli < 0 || thresholdMilli > 1000) {
            throw new IllegalArgumentException("a complexity threshold lies between 0 and 1000 thousandths");
        }
    }

    public boolean allows(ModelId model) {
        return models.isEmpty() || models.contains(model);
    }
}
