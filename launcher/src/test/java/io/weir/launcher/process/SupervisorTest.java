package io.weir.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisorTest {
    private static final RestartPolicy THREE_AT_ONCE =
            new RestartPolicy(Duration.ofMinutes(1), Collections.nCopies(3, Duration.ZERO));

    @TempDir
    Path folder;

    private final RecordedProgress progress = new RecordedProgress();
    private final List<Supervisor> supervisors = new ArrayList<>();

    @AfterEach
    void stopAll() {
        supervisors.forEach(Supervisor::stopAll);
    }

    private Supervisor supervisor(RestartPolicy policy, LongSupplier nanoTime) {
        Supervisor supervisor =
                new Supervisor(Machine.current(System.getenv("PATH")), folder, progress, policy, nanoTime);
        supervisors.add(supervisor);
        return supervisor;
    }

    @Test
    void aChildThatKeepsDyingIsRestartedThreeTimesAndThenNamedWithItsLog() throws IOException {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = Shell.child("redis", Role.REDIS, folder, "echo started; exit 3");

        // When
        supervisor.start(spec);
        String failure = supervisor.awaitFailure();

        // Then
        assertThat(failure)
                .contains("redis (process ", "exit status 3", spec.log().toString(), "It died 4 times within 60 s");
        assertThat(Files.readAllLines(spec.log())).containsExactly("started", "started", "started", "started");
        assertThat(progress.lines()).filteredOn(line -> line.contains("restart")).hasSize(3)
                .allSatisfy(line -> assertThat(line).contains(spec.log().toString()));
    }

    @Test
    void deathsOlderThanTheWindowAreForgotten() {
        // Given
        AtomicLong now = new AtomicLong();
        Supervisor supervisor = supervisor(THREE_AT_ONCE, now::get);
        AtomicInteger restarts = new AtomicInteger();
        supervisor.afterRestart(restarts::incrementAndGet);
        supervisor.start(Shell.child("redis", Role.REDIS, folder, "sleep 600"));

        // When
        for (int death = 1; death <= 6; death++) {
            now.addAndGet(Duration.ofSeconds(61).toNanos());
            int seen = death;
            ProcessHandle.of(supervisor.children().getFirst().pid()).orElseThrow().destroyForcibly();
            await().untilAsserted(() -> assertThat(restarts).hasValue(seen));
        }

        // Then
        assertThat(progress.lines()).filteredOn(line -> line.contains("restart 1 of at most 3")).hasSize(6);
    }

    @Test
    void aRestartedChildHasANewProcessIdAndIsAnnouncedOnceItAnswers() {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        Child first = supervisor.start(Shell.child("engine", Role.ENGINE, folder, "sleep 600"));

        // When
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();

        // Then
        await().untilAsserted(() -> assertThat(progress.lines()).contains("engine answers again"));
        assertThat(supervisor.children()).hasSize(1).first().satisfies(child -> {
            assertThat(child.pid()).isNotEqualTo(first.pid());
            assertThat(child.isAlive()).isTrue();
        });
        assertThat(progress.lines().getFirst()).startsWith("! engine (process " + first.pid() + ") died with signal 9; its log: ");
    }

    @Test
    void gatewaysStopFirstAndPostgresLast() throws IOException {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        Path order = folder.resolve("order");
        List<ChildSpec> specs = List.of(
                Shell.writingWhenAsked("postgres", Role.POSTGRES, folder, order),
                Shell.writingWhenAsked("redis", Role.REDIS, folder, order),
                Shell.writingWhenAsked("engine", Role.ENGINE, folder, order),
                Shell.writingWhenAsked("gateway-0", Role.GATEWAY, folder, order));
        specs.forEach(supervisor::start);
        specs.forEach(spec -> await().untilAsserted(() -> assertThat(spec.log()).content().contains("up")));

        // When
        supervisor.stopAll();

        // Then
        assertThat(Files.readAllLines(order)).containsExactly("gateway-0", "engine", "redis", "postgres");
        assertThat(supervisor.children()).noneMatch(Child::isAlive);
        assertThat(folder).isDirectoryNotContaining("glob:**.pid");
    }

    @Test
    void aChildThatDoesNotEndIsKilledWithWhatItStarted() throws IOException {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = Shell.child("stubborn", Role.TASK, folder, "trap '' TERM; sleep 600 & echo $!; while :; do sleep 0.05; done");
        Child child = supervisor.start(spec);
        await().untilAsserted(() -> assertThat(spec.log()).content().isNotBlank());
        long grandchild = Long.parseLong(Files.readString(spec.log()).strip());

        // When
        supervisor.stopAll();

        // Then
        assertThat(child.isAlive()).isFalse();
        await().untilAsserted(() -> assertThat(ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive)).isEmpty());
        assertThat(progress.lines()).contains("! stubborn did not stop within 2 s and is killed.");
    }

    @Test
    void nothingStartsOnceStoppingHasBegun() {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        supervisor.stopAll();

        // When / Then
        assertThatThrownBy(() -> supervisor.start(Shell.child("late", Role.REDIS, folder, "sleep 600")))
                .isInstanceOf(LaunchFailure.class)
                .hasMessageContaining("late is not started");
    }

    @Test
    void aChildWaitingForItsRestartIsNotRestartedWhileStopping() {
        // Given
        RestartPolicy slow = new RestartPolicy(Duration.ofMinutes(1), List.of(Duration.ofMinutes(5)));
        Supervisor supervisor = supervisor(slow, System::nanoTime);
        Child child = supervisor.start(Shell.child("redis", Role.REDIS, folder, "exit 1"));
        await().untilAsserted(() -> assertThat(progress.lines()).anyMatch(line -> line.contains("restart 1 of")));

        // When
        supervisor.stopAll();

        // Then
        assertThat(supervisor.children()).containsExactly(child);
        assertThat(supervisor.awaitFailure()).isNull();
    }

    @Test
    void theTerminalsSignalsDoNotReachChildren() throws IOException {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = Shell.child("redis", Role.REDIS, folder, "ps -o sid= -p $$; sleep 600");

        // When
        Child child = supervisor.start(spec);

        // Then: it leads a session, and so a process group, of its own
        await().untilAsserted(() -> assertThat(spec.log()).content().isNotBlank());
        assertThat(Files.readString(spec.log()).strip()).isEqualTo(Long.toString(child.pid()));
    }

    @Test
    void aChildThatNeverAnswersIsNamedWithTheEndOfItsLog() {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = Shell.child("engine", Role.ENGINE, folder, "echo model not found; sleep 600").answering(() -> false);
        supervisor.start(spec);
        await().untilAsserted(() -> assertThat(spec.log()).content().isNotBlank());

        // When / Then
        assertThatThrownBy(() -> supervisor.awaitAnswer(spec, Duration.ofMillis(200)))
                .isInstanceOf(LaunchFailure.class)
                .hasMessageContaining("engine did not answer within 0 s")
                .hasMessageContaining("model not found");
    }

    @Test
    void aHelperReadsItsInputAndReturnsItsExitStatus() throws IOException {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = Shell.child("helper", Role.TASK, folder, "cat; exit 7").reading("a line\n");

        // When
        int status = supervisor.run(spec, Duration.ofSeconds(30));

        // Then
        assertThat(status).isEqualTo(7);
        assertThat(Files.readAllLines(spec.log())).containsExactly("a line");
        await().untilAsserted(() -> assertThat(supervisor.children()).isEmpty());
    }

    @Test
    void aProgramThatIsNotThereIsSaidBeforeAnythingRuns() {
        // Given
        Supervisor supervisor = supervisor(THREE_AT_ONCE, System::nanoTime);
        ChildSpec spec = ChildSpec.of("ghost", Role.ENGINE, List.of("/nowhere/ghost"), folder.resolve("ghost.log"));

        // When / Then
        assertThatThrownBy(() -> supervisor.start(spec))
                .isInstanceOf(LaunchFailure.class)
                .hasMessage("Cannot start ghost: /nowhere/ghost is not there or cannot be run.");
    }
}
