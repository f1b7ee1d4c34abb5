package io.weir.tenancy.admission;

/** Why nothing was reserved. */
public enum RefusalCause {
    /** The request bucket has no room now. */
    REQUEST_QUOTA,
    /** The token bucket has no room now. */
    TOKEN_QUOTA,
    /** More tokens than the token bucket ever holds. */
    ABOVE_TOKEN_CAPACITY,
    /** settled + ceiling is above the budget: waiting for calls under way does not help. */
    BUDGET_EXHAUSTED,
    /** The ceiling is above the whole budget: no waiting helps. */
    ABOVE_BUDGET,
    /** It would fit if calls under way ended at nothing. */
    BUDGET_HELD,
    /** The stores cannot prove that it fits: Redis or PostgreSQL away, slow, or being reseeded. */
    STORES_AWAY
}
