package io.weir.router;

/**
 * A candidate with what this request could cost there at the worst.
 *
 * @param candidate who would answer
 * @param price the candidate's price in force
 * @param inputBound the most input tokens the request can be
 * @param outputCap the most output tokens it may produce; always sent to the engine
 * @param ceiling the worst-case cost
 */
public record Offer(Candidate candidate, PriceVersion price, long inputBound, int outputCap, Money ceiling) {

    /** Tokens the worst case would use, for token quotas. */
    public long tokens() {
        return Math.addExact(inputBound, outputCap);
    }
}
