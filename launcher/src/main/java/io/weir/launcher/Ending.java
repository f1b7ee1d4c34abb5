package io.weir.launcher;

import io.weir.launcher.process.Supervisor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How {@code up} ends: all children are stopped, the state file goes, and the exit status says why. Ctrl-C, SIGTERM and SIGHUP end it
 * with 0, a failure with 1. The two ways may meet; the first to come stops the children, the other waits for it.
 */
final class Ending {
    private final Supervisor supervisor;
    private final StateFile state;
    private final Console console;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final AtomicInteger status = new AtomicInteger();

    Ending(Supervisor supervisor, StateFile state, Console console) {
        this.supervisor = supervisor;
        this.state = state;
        this.console = console;
    }

    /** From now on a signal stops the children. Java runs its shutdown hooks on SIGINT, SIGTERM and SIGHUP. */
    void onSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::bySignal, "ending"));
    }

    boolean signalled() {
        return signalled.get();
    }

    /** Stops everything and returns the status given. A start that failed because a signal came counts as the signal's end. */
    int byItself(int exitStatus) {
        if (!signalled()) {
            status.compareAndSet(0, exitStatus);
        }
        stop();
        finished.set(true);
        return exitStatus;
    }

    private void bySignal() {
        if (finished.get()) {
            return;
        }
        signalled.set(true);
        console.say("");
        console.step("Stopping: gateways first, which may take up to 30 s to end their streams");
        try {
            stop();
            console.step("Stopped");
        } finally {
            // Else the exit status would be 128 + the signal's number, as if the signal had cut Weir off.
            Runtime.getRuntime().halt(status.get());
        }
    }

    private void stop() {
        supervisor.stopAll();
        state.end();
    }
}
