package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A launcher as {@code ./weir} starts it: a process of its own over a stand-in home. */
final class LauncherProcess implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(90);

    private final Process process;
    private final Path output;
    private final Path data;

    private LauncherProcess(Process process, Path output, Path data) {
        this.process = process;
        this.output = output;
        this.data = data;
    }

    static LauncherProcess up(Path home, Path data, Map<String, String> environment, String... flags) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("up", "--data", data.toString()));
        arguments.addAll(List.of(flags));
        return start(home, data, environment, arguments);
    }

    static LauncherProcess start(Path home, Path data, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Dweir.home=" + home, "-cp", System.getProperty("java.class.path"),
                "io.weir.launcher.Weir"));
        command.addAll(arguments);
        Path output = Files.createTempFile(home, "launcher", ".out");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("WEIR_PARTS", Path.of("target", "parts").toAbsolutePath().toString());
        builder.environment().putAll(environment);
        return new LauncherProcess(builder.start(), output, data);
    }

    LauncherProcess awaitReady() {
        await().atMost(READY_MAX).failFast("the launcher ended", () -> assertThat(process.isAlive()).as(this::output).isTrue())
                .until(() -> output().contains("Weir is ready."));
        return this;
    }

    /** Its exit status; everything it printed is in {@link #output()}. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended; output:\n%s", output()).isTrue();
        return process.exitValue();
    }

    void terminate() {
        process.destroy();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    long pid() {
        return process.pid();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode state() {
        try {
            return new ObjectMapper().readTree(data.resolve("weir.json").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    long pidOf(String child) {
        for (JsonNode node : state().path("children")) {
            if (node.path("name").asText().equals(child)) {
                return node.path("pid").asLong();
            }
        }
        throw new AssertionError("no child " + child + " in " + state());
    }

    List<Long> childPids() {
        List<Long> pids = new ArrayList<>();
        state().path("children").forEach(node -> pids.add(node.path("pid").asLong()));
        return pids;
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
