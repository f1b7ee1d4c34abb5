package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person does with one launcher that runs, over real PostgreSQL and Redis; gateway and engine are stand-ins. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunningTest {
    private final Path home;
    private final Path data;
    private LauncherProcess up;

    RunningTest(@TempDir Path home, @TempDir Path data) {
        this.home = home;
        this.data = data;
    }

    @BeforeAll
    void start() throws IOException {
        up = LauncherProcess.up(StandInHome.in(home), data, Map.of(), "--port", "0").awaitReady();
    }

    @AfterAll
    void stop() throws InterruptedException {
        up.close();
    }

    private int ask(StringBuilder output, String... words) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("ask", "--data", data.toString()));
        arguments.addAll(List.of(words));
        LauncherProcess asking = LauncherProcess.start(home, data, Map.of(), arguments);
        int status = asking.awaitEnd();
        output.append(asking.output());
        return status;
    }

    @Test
    void theBannersCurlLineWorksWhenPasted() throws IOException, InterruptedException {
        // Given
        String curl = up.output().lines().filter(line -> line.startsWith("curl ")).findFirst().orElseThrow();

        // When
        Process shell = new ProcessBuilder("/bin/sh", "-c", curl).redirectErrorStream(true).start();
        String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Then
        assertThat(shell.waitFor()).isZero();
        assertThat(answer).contains("What is 17 + 25?").endsWith("data: [DONE]\n\n");
    }

    @Test
    void askPrintsTheAnswerAndOneLineOfReceipt() throws IOException, InterruptedException {
        // Given
        StringBuilder answered = new StringBuilder();
        StringBuilder refused = new StringBuilder();
        StringBuilder broken = new StringBuilder();

        // When
        int answeredStatus = ask(answered, "how", "are you?");
        int refusedStatus = ask(refused, "too much");
        int brokenStatus = ask(broken, "break");

        // Then
        assertThat(answeredStatus).isZero();
        assertThat(answered.toString().lines()).containsExactly(
                "You asked: how are you?",
                "-- on-prem (weir-small-moe) | complexity 0.120 | why: below-threshold (length, verbs)"
                        + " | 42 tokens in (30 cached), 5 out | 0.000012 USD | 0195-id");
        assertThat(refusedStatus).isEqualTo(1);
        assertThat(refused.toString())
                .isEqualToIgnoringNewLines("weir: HTTP 429: Your budget is spent. [insufficient_quota] Try again in 7 s.");
        assertThat(brokenStatus).isEqualTo(1);
        assertThat(broken.toString()).contains("You asked: break", "The answer broke off: The engine broke off. [engine_error]");
    }

    @Test
    void aDeadGatewayIsRestartedUnderANewProcessIdInTheStateFile() throws IOException, InterruptedException {
        // Given
        long before = up.pidOf("gateway-0");

        // When
        ProcessHandle.of(before).orElseThrow().destroyForcibly();

        // Then
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(up.pidOf("gateway-0")).isNotEqualTo(before));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(up.output()).contains("gateway-0 answers again"));
        assertThat(up.output()).contains("gateway-0 (process " + before + ") died with signal 9; its log: "
                + data.resolve("logs/gateway-0.log") + "; restart 1 of at most 3 within 60 s.");
    }

    @Test
    void postgresComesBackOnItsOldPortAfterAKill() throws IOException, InterruptedException {
        // Given
        String url = up.state().path("postgres").path("jdbcUrl").asText();

        // When
        ProcessHandle.of(up.pidOf("postgres")).orElseThrow().destroyForcibly();

        // Then
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(up.output()).contains("postgres answers again"));
        assertThat(up.state().path("postgres").path("jdbcUrl").asText()).isEqualTo(url);
    }

    @Test
    void aSecondLauncherOnTheSameFolderIsRefused() throws IOException, InterruptedException {
        // Given
        try (LauncherProcess second = LauncherProcess.up(home, data, Map.of(), "--port", "0")) {

            // When
            int status = second.awaitEnd();

            // Then
            assertThat(status).isEqualTo(1);
            assertThat(second.output()).startsWith("weir: Weir already runs on " + data + " (process " + up.pid() + ")");
            assertThat(up.childPids()).allMatch(LauncherProcess::isAlive);
        }
    }
}
