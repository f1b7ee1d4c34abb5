package io.weir.launcher.base;

/** Something the person at the terminal must know: the message is a whole sentence for them. Ends the verb with exit status 1. */
public final class LaunchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LaunchFailure(String message) {
        super(message);
    }

    public LaunchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
