package io.weir.launcher;

/** A flag or a setting that cannot be used: the message names it. Ends the verb with exit status 2, before anything was started. */
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageFailure(String message) {
        super(message);
    }
}
