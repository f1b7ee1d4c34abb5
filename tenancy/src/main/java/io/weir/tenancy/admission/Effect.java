package io.weir.tenancy.admission;

import io.weir.router.Money;
import java.time.Instant;
import java.util.List;

/** What the admission store has to do for one end: the Redis half of DESIGN.md 7.6. Doing it twice is doing it once. */
public sealed interface Effect {

    /** Whose hold it concerns. */
    AttemptKey key();

    /**
     * A ledger row was written: its amount is settled, once per row. A USAGE row ends the hold too.
     *
     * @param key which attempt
     * @param row which of its rows
     * @param amount settled by it; negative in adjustments
     * @param counter of which scopes and period
     * @param usedTokens the rest of the hold's tokens goes back; {@link #KEEP} gives nothing back
     */
    record Booked(AttemptKey key, Row row, Money amount, Where counter, long usedTokens) implements Effect {}

    /** The hold goes back whole, nothing was booked. */
    record LetGo(AttemptKey key) implements Effect {}

    /** Gives no token back. */
    long KEEP = -1;

    /**
     * @param kind {@code USAGE}, {@code OVERRUN} or {@code ADJUSTMENT}
     * @param cause empty but for adjustments
     */
    record Row(String kind, String cause) {
        public static final Row USAGE = new Row("USAGE", "");

        public boolean endsHold() {
            return kind.equals("USAGE");
        }
    }

    /** Which counters. */
    record Where(List<Scope> scopes, Instant periodFrom) {
        public Where {
            scopes = List.copyOf(scopes);
        }
    }
}
