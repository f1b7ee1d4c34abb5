package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One started child. Its pid file exists from right after its start until its end was seen. Safe for use from any thread. */
public final class Child {
    private final ChildSpec spec;
    private final Process process;
    private final Path pidFile;

    private Child(ChildSpec spec, Process process, Path pidFile) {
        this.spec = spec;
        this.process = process;
        this.pidFile = pidFile;
    }

    static Child start(ChildSpec spec, Machine machine, Path runFolder) {
        if (!Files.isExecutable(spec.executable())) {
            throw new LaunchFailure("Cannot start " + spec.name() + ": " + spec.executable() + " is not there or cannot be run.");
        }
        LogFile.prepare(spec.log());
        ProcessBuilder builder = new ProcessBuilder(machine.inOwnSession(spec.command()))
                .directory(runFolder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(spec.log().toFile()));
        if (spec.input().isEmpty()) {
            builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        }
        spec.withheld().forEach(builder.environment()::remove);
        builder.environment().putAll(spec.environment());
        try {
            Process process = builder.start();
            Path pidFile = PidFile.of(spec, process.toHandle()).write(runFolder);
            feed(process, spec.input());
            return new Child(spec, process, pidFile);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot start " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    private static void feed(Process process, String input) {
        if (input.isEmpty()) {
            return;
        }
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedBeforeReading) {
            // Its exit status says more than the broken pipe.
            return;
        }
    }

    public ChildSpec spec() {
        return spec;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit status in words. Only for a child that ended. */
    String ending() {
        int status = process.exitValue();
        return status > 128 && status < 160 ? "signal " + (status - 128) : "exit status " + status;
    }

    int exitStatus() {
        return process.exitValue();
    }

    void whenEnded(Runnable then) {
        process.onExit().thenRun(() -> Thread.ofVirtual().name("ended-" + spec.name()).start(then));
    }

    void forget() {
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException stays) {
            // A stale pid file names a process that is gone; the next start sees that.
            return;
        }
    }

    void askToEnd() {
        if (process.isAlive()) {
            spec.role().signal().send(process.toHandle());
        }
    }

    /** True when it ended within the time. */
    boolean awaitEnd(long nanos) throws InterruptedException {
        return process.waitFor(Math.max(nanos, 1), TimeUnit.NANOSECONDS);
    }

    /** Kills it and everything it started. */
    void kill() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }
}
