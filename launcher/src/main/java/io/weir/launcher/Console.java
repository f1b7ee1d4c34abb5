package io.weir.launcher;

import io.weir.launcher.base.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The terminal: one line a step, with the seconds since the verb began. A line is written whole, from any thread. */
final class Console implements Progress {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long begin;

    Console(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    @Override
    public void step(String what) {
        line("  ", what);
    }

    @Override
    public void warn(String what) {
        line("! ", what);
    }

    /** Text as it is. */
    void say(String text) {
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }

    private void line(String mark, String what) {
        double seconds = (nanoTime.getAsLong() - begin) / NANOS_PER_SECOND;
        say(String.format(Locale.ROOT, "%s%6.1f s  %s", mark, seconds, what));
    }
}
