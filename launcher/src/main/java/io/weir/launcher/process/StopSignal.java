package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** A signal that asks a process to end. */
public enum StopSignal {
    TERM,
    INT;

    /** Sends the signal; a process that is gone already is no error. */
    public void send(ProcessHandle process) {
        switch (this) {
            case TERM -> process.destroy();
            case INT -> interrupt(process.pid());
        }
    }

    /** Java has no call for SIGINT; the shell's built-in {@code kill} needs no further package. */
    private static void interrupt(long pid) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -INT \"$1\"", "sh", Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new LaunchFailure("Cannot send SIGINT to process " + pid + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
