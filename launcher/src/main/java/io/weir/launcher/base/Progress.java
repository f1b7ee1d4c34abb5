package io.weir.launcher.base;

/** Where a person reads how the start, the supervision and the stop go. Called from any thread; one call is one line. */
public interface Progress {

    /** Something went as planned. */
    void step(String what);

    /** Something did not go as planned, but the work goes on. */
    void warn(String what);
}
