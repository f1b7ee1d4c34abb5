package io.weir.blackbox.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process with its output (both streams) collected as it comes. Any thread may look. */
public final class Running implements AutoCloseable {

    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;

    private Running(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().name("output").start(this::collect);
    }

    /** Starts a command; its working folder is the clone. */
    public static Running start(List<String> command, Map<String, String> environment) {
        return start(command, environment, Clone.root());
    }

    public static Running start(List<String> command, Map<String, String> environment, Path folder) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            return new Running(builder.start());
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
    }

    private void collect() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int unit = lines.read(); unit >= 0; unit = lines.read()) {
                output.append((char) unit);
            }
        } catch (IOException ended) {
            // The process was killed: what had come until then stands.
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() {
        return output.toString();
    }

    /** Sends a signal by its name, such as {@code TERM}. */
    public void signal(String name) {
        Signals.send(process.pid(), name);
    }

    /** Waits for the end and returns the exit status (128 + the signal's number for a killed process). */
    public int awaitExit(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("process " + pid() + " still runs after " + atMost + "; its output:\n" + output);
            }
            reader.join(Duration.ofSeconds(5));
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
