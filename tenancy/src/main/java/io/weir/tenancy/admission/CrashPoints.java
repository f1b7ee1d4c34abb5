package io.weir.tenancy.admission;

import java.util.List;

/**
 * Told when the protocol reaches a point at which a process may die. Does nothing in the product; tests stop the process there. Called on the thread that
 * reaches the point.
 */
@FunctionalInterface
public interface CrashPoints {

    String AFTER_RESERVE = "after-reserve";
    String AFTER_INTENT = "after-intent";
    String AFTER_CHECKPOINT = "after-checkpoint";
    String BEFORE_SETTLE_PG = "before-settle-pg";
    String AFTER_SETTLE_PG = "after-settle-pg";
    String AFTER_SETTLE_REDIS = "after-settle-redis";
    String AFTER_EPOCH_PG = "after-epoch-pg";

    /** Every point of this module. */
    List<String> ALL =
            List.of(AFTER_RESERVE, AFTER_INTENT, AFTER_CHECKPOINT, BEFORE_SETTLE_PG, AFTER_SETTLE_PG, AFTER_SETTLE_REDIS, AFTER_EPOCH_PG);

    CrashPoints NONE = point -> {};

    void reached(String point);
}
