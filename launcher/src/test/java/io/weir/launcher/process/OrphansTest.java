package io.weir.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OrphansTest {
    @TempDir
    Path folder;

    private final Machine machine = Machine.current(System.getenv("PATH"));
    private final RecordedProgress progress = new RecordedProgress();
    private final List<Child> started = new ArrayList<>();

    @AfterEach
    void kill() {
        started.forEach(Child::kill);
    }

    /** A child whose launcher forgot it: its pid file lies there, nobody supervises it. */
    private Child orphan(ChildSpec spec) {
        Child child = Child.start(spec, machine, folder);
        started.add(child);
        // The kernel shows a program's command line a moment after it has begun.
        await().until(() -> ProcessHandle.of(child.pid()).orElseThrow().info().commandLine().isPresent());
        return child;
    }

    private static PidFile written(Child child, Instant startedAt, String marker) throws IOException {
        Path program = Path.of(ProcessHandle.of(child.pid()).orElseThrow().info().command().orElseThrow());
        return new PidFile("redis", Role.REDIS, child.pid(), startedAt, program, marker);
    }

    private static Instant startOf(Child child) {
        return ProcessHandle.of(child.pid()).orElseThrow().info().startInstant().orElseThrow();
    }

    @Test
    void aChildLeftRunningIsRecognisedByItsPidFileAndStopped() throws IOException {
        // Given
        Path sleep = machine.tool("sleep").orElseThrow();
        Child child = orphan(ChildSpec.of("redis", Role.REDIS, List.of(sleep.toString(), "612.5"), folder.resolve("redis.log"))
                .recognisedBy(sleep, "612.5"));

        // When
        int stopped = new Orphans(folder, progress).stop();

        // Then
        assertThat(stopped).isEqualTo(1);
        await().untilAsserted(() -> assertThat(child.isAlive()).isFalse());
        assertThat(folder).isDirectoryNotContaining("glob:**.pid");
        assertThat(progress.lines())
                .containsExactly("redis (process " + child.pid() + ") was left by a launcher that was killed: stopped");
    }

    @Test
    void anotherProcessUnderTheSameIdIsLeftAlone() throws IOException {
        // Given
        Child child = orphan(Shell.child("redis", Role.REDIS, folder, "sleep 600; true"));
        written(child, startOf(child).minusSeconds(60), "").write(folder);

        // When
        int stopped = new Orphans(folder, progress).stop();

        // Then
        assertThat(stopped).isZero();
        assertThat(child.isAlive()).isTrue();
        assertThat(folder).isDirectoryNotContaining("glob:**.pid");
    }

    @Test
    void aProcessWithoutTheMarkerIsLeftAlone() throws IOException {
        // Given
        Child child = orphan(Shell.child("redis", Role.REDIS, folder, "sleep 600; true"));
        written(child, startOf(child), "-Dweir.child=redis@" + folder).write(folder);

        // When
        int stopped = new Orphans(folder, progress).stop();

        // Then
        assertThat(stopped).isZero();
        assertThat(child.isAlive()).isTrue();
    }

    @Test
    void aBrokenPidFileIsRemovedAndSaid() throws IOException {
        // Given
        Files.writeString(folder.resolve("redis.pid"), "{\"name\":");

        // When
        int stopped = new Orphans(folder, progress).stop();

        // Then
        assertThat(stopped).isZero();
        assertThat(folder).isEmptyDirectory();
        assertThat(progress.lines()).hasSize(1).first().asString().contains("redis.pid");
    }
}
