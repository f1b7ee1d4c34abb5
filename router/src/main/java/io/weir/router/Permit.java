package io.weir.router;

/**
 * Proof that the worst case of one attempt is reserved and that its intent is on record. {@link Engine#open} takes one; only a held
 * reservation is one (law 1: reserve before you spend).
 */
public interface Permit {

    RequestId request();

    /** 1 for the first engine asked, then 2, 3. */
    int attempt();

    /** The most this attempt may cost. */
    Money ceiling();
}
