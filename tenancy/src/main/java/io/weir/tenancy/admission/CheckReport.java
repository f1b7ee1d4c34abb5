package io.weir.tenancy.admission;

import java.time.Instant;
import java.util.List;

/**
 * What the checker saw (DESIGN.md 7.10).
 *
 * @param at when
 * @param epoch in which epoch, 0 when the counters could not be read
 * @param differences counters that differ from the ledger by the same amount in every look
 * @param intentsWithoutOwner intents whose gateway's lease lapsed more than 60 s ago
 * @param attemptsBookedTwice attempts of the last hour with two USAGE rows
 */
public record CheckReport(Instant at, long epoch, List<Difference> differences, long intentsWithoutOwner, long attemptsBookedTwice) {

    public CheckReport {
        differences = List.copyOf(differences);
    }

    public boolean isClean() {
        return differences.isEmpty() && intentsWithoutOwner == 0 && attemptsBookedTwice == 0;
    }

    /**
     * @param counter which counter
     * @param store what the admission store says
     * @param ledger what the ledger says
     */
    public record Difference(Counters.Key counter, Counters.Sums store, Counters.Sums ledger) {}
}
