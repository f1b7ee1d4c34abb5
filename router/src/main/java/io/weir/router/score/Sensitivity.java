package io.weir.router.score;

/** How far a request may travel. The order matters: a label only ever rises along a conversation. */
public enum Sensitivity {
    PUBLIC(Residency.GEOGRAPHY),
    INTERNAL(Residency.GEOGRAPHY),
    CONFIDENTIAL(Residency.ACCOUNT),
    RESTRICTED(Residency.PREMISES);

    private final Residency farthest;

    Sensitivity(Residency farthest) {
        this.farthest = farthest;
    }

    /** The fence: whether a request with this label may go to an engine of that residency. */
    public boolean permits(Residency residency) {
        return residency.compareTo(farthest) <= 0;
    }

    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
