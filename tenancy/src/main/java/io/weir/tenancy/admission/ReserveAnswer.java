package io.weir.tenancy.admission;

import io.weir.router.Money;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the admission store answers to a {@link ReserveCommand}. All but {@code Granted} hold and consume nothing. */
public sealed interface ReserveAnswer {

    /**
     * The first step that fits every scope is held (or would be, for a probe); the same command sent again answers the same.
     *
     * @param held money
     * @param tokens tokens
     * @param period the period it belongs to
     */
    record Granted(Money held, long tokens, Grant.Period period) implements ReserveAnswer {}

    /** @param retryAfter as in {@link Admission.Refused} */
    record Refused(RefusalCause cause, @Nullable Duration retryAfter) implements ReserveAnswer {}

    /** A counter is missing. */
    record Unknown(Scope scope, Instant periodFrom) implements ReserveAnswer {}

    /** The epoch's counters are not laid, or no longer there. */
    record Unseeded() implements ReserveAnswer {}

    /** The hold that was to be extended is gone. */
    record Gone() implements ReserveAnswer {}

    /** The store's clock is in neither of the two periods. */
    record OutsidePeriods() implements ReserveAnswer {}
}
