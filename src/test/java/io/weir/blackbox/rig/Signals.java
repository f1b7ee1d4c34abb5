package io.weir.blackbox.rig;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes of the suite's own, by their ids. */
public final class Signals {

    private Signals() {
    }

    /** Sends a signal by its name, such as {@code KILL}; fails if there is no such process. */
    public static void send(long pid, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).redirectErrorStream(true).start();
            String said = new String(kill.getInputStream().readAllBytes());
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid + ": " + said);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Sends it to the process and to all that it started, itself first. */
    public static void sendToAll(long pid, String name) {
        send(pid, name);
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).forEach(child -> send(child.pid(), name));
    }

    public static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
