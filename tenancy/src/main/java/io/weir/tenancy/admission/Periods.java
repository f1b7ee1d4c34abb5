package io.weir.tenancy.admission;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The budget periods a replica sends with a reservation; the store picks by its own clock and refuses outside both. Periods are calendar months, UTC,
 * half-open.
 *
 * @param current the one the sender believes in
 * @param next the one after it
 */
public record Periods(Grant.Period current, Grant.Period next) {

    public static Periods at(Instant now) {
        LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).withDayOfMonth(1);
        Instant end = start(first.plusMonths(1));
        return new Periods(new Grant.Period(start(first), end), new Grant.Period(end, start(first.plusMonths(2))));
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
