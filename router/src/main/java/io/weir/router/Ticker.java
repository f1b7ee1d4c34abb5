package io.weir.router;

/** Monotonic time, for deadlines: never compared with the wall clock. {@code System::nanoTime} in the product, stepped in tests. */
@FunctionalInterface
public interface Ticker {

    /** Nanoseconds since an arbitrary origin. */
    long nanos();
}
