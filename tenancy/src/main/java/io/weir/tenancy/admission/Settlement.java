package io.weir.tenancy.admission;

import io.weir.router.Money;
import io.weir.router.stream.Usage;

/**
 * The end of one reservation, as it will be booked.
 *
 * @param held what ended
 * @param amount what it cost; the part above the hold is a ledger entry of kind OVERRUN
 * @param basis how the amount is known
 * @param usage the tokens behind it
 * @param outcome the label of how the call ended, see {@link io.weir.router.Outcome#label}
 */
public record Settlement(Reservation.Held held, Money amount, Basis basis, Usage usage, String outcome) {

    /** How an amount is known. */
    public enum Basis {
        /** The engine's own report. */
        METERED,
        /** Prompt and what was delivered: the engine may have produced more. */
        FLOOR,
        /** May have been sent, no count survives: the engine's worst case. */
        HELD_FULL,
        /** Provably nothing sent. */
        VOID
    }

    /** The part within the hold. */
    public Money withinHold() {
        return amount.min(held.ceiling());
    }

    /** The part above the hold; zero nearly always. */
    public Money overrun() {
        return amount.minus(withinHold());
    }
}
