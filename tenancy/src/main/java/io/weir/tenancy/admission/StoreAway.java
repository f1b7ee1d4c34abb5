package io.weir.tenancy.admission;

import org.jspecify.annotations.Nullable;

/** A store did not answer, or not in time: whether it did what it was asked is unknown. Carries no statement, key or value. */
public final class StoreAway extends RuntimeException {

    private final Which which;

    public StoreAway(Which which, String what, @Nullable Throwable cause) {
        super(which + ": " + what, cause, false, false);
        this.which = which;
    }

    public Which which() {
        return which;
    }

    /** Which store. */
    public enum Which {
        REDIS,
        POSTGRESQL
    }
}
