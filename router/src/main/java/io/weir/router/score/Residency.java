package io.weir.router.score;

/** Where a request comes to lie when an engine sees it, nearest first. */
public enum Residency {
    /** Our own machines. */
    PREMISES,
    /** Our own cloud account, no other party. */
    ACCOUNT,
    /** One cloud region. */
    REGION,
    /** A geography of several regions. */
    GEOGRAPHY
}
