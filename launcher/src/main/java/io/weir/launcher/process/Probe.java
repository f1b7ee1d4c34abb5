package io.weir.launcher.process;

/** Asks a process once whether it answers. Called from the launcher's threads, about every 50 ms; returns within about a second. */
@FunctionalInterface
public interface Probe {
    boolean answers();
}
