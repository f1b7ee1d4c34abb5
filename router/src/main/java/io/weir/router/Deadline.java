package io.weir.router;

import java.time.Duration;

/**
 * A moment after which nobody waits.
 *
 * @param atNanos on the {@link Ticker} it was made with
 */
public record Deadline(long atNanos) {

    public static Deadline after(Duration wait, Ticker ticker) {
        return new Deadline(ticker.nanos() + wait.toNanos());
    }

    /** Nanoseconds left; zero or less once it has passed. */
    public long remainingNanos(Ticker ticker) {
        return atNanos - ticker.nanos();
    }

    public Deadline earlier(Deadline other) {
        return atNanos - other.atNanos <= 0 ? this : other;
    }
}
