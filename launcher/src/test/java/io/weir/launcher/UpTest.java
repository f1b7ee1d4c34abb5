package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a process, with real PostgreSQL and Redis; gateway and engine are stand-ins. */
@Timeout(240)
class UpTest {
    @TempDir
    Path home;

    @TempDir
    Path data;

    @BeforeEach
    void stand() throws IOException {
        StandInHome.in(home);
    }

    private LauncherProcess up(String... flags) throws IOException {
        return LauncherProcess.up(home, data, Map.of(), flags);
    }

    private int ask(StringBuilder output, String... words) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("ask", "--data", data.toString()));
        arguments.addAll(List.of(words));
        LauncherProcess asking = LauncherProcess.start(home, data, Map.of(), arguments);
        int status = asking.awaitEnd();
        output.append(asking.output());
        return status;
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(data.resolve("calls"));
    }

    @Test
    void aFirstStartSetsTheDemoTenantUpAndASigtermStopsEverythingInOrder() throws IOException, InterruptedException {
        try (LauncherProcess up = up("--port", "0", "--gateways", "2", "--bedrock", "m1,m2", "--price", "m1=3,15,0.3").awaitReady()) {
            // Given
            JsonNode state = up.state();
            List<Long> pids = up.childPids();
            assertThat(state.path("endpoints")).hasSize(2);
            assertThat(state.path("launcherPid").asLong()).isEqualTo(up.pid());
            assertThat(pids).hasSize(5).allMatch(LauncherProcess::isAlive);
            for (String secret : List.of("weir.json", "demo.key", "admin.key")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(secret)))).isEqualTo("rw-------");
            }
            assertThat(calls()).contains(
                    "gateway-0 POST /admin/v1/tenants {\"id\":\"demo\",\"name\":\"Demo\"}",
                    "gateway-0 PUT /admin/v1/tenants/demo/limits"
                            + " {\"requestsPerMinute\":600,\"tokensPerMinute\":200000,\"monthlyBudgetNanos\":10000000000}",
                    "gateway-0 POST /admin/v1/tenants/demo/keys {\"name\":\"demo\"}",
                    "gateway-0 POST /admin/v1/prices {\"model\":\"m1\",\"currency\":\"USD\",\"inputPerMillion\":\"3\","
                            + "\"outputPerMillion\":\"15\",\"cacheReadPerMillion\":\"0.3\",\"source\":\"./weir up --price\"}");
            assertThat(calls()).contains("gateway-1 environment WEIR_ADMIN_KEY_FILE WEIR_BEDROCK_MODELS WEIR_ENGINE_URL WEIR_INSTANCE"
                    + " WEIR_MANAGEMENT_PORT WEIR_MODE WEIR_PORT WEIR_POSTGRES_MIGRATOR_PASSWORD_FILE WEIR_POSTGRES_MIGRATOR_USER"
                    + " WEIR_POSTGRES_PASSWORD_FILE WEIR_POSTGRES_URL WEIR_POSTGRES_USER WEIR_PRICE_BOOK WEIR_REDIS_PASSWORD_FILE"
                    + " WEIR_REDIS_URL");
            assertThat(up.output()).contains("small demonstration model", "m1, m2", state.path("endpoint").asText() + "/v1 ");

            // When
            up.terminate();
            int status = up.awaitEnd();

            // Then
            assertThat(status).isZero();
            assertThat(pids).noneMatch(LauncherProcess::isAlive);
            assertThat(data.resolve("weir.json")).doesNotExist();
            assertThat(data.resolve("run")).isDirectoryNotContaining("glob:**.pid");
            assertThat(calls()).contains("gateway-0 ended while the stores answered", "gateway-1 ended while the stores answered");
        }
    }

    @Test
    void theBannersCurlLineWorksWhenPasted() throws IOException, InterruptedException {
        try (LauncherProcess up = up("--port", "0").awaitReady()) {
            // Given
            String curl = up.output().lines().filter(line -> line.startsWith("curl ")).findFirst().orElseThrow();

            // When
            Process shell = new ProcessBuilder("/bin/sh", "-c", curl).redirectErrorStream(true).start();
            String answer = new String(shell.getInputStream().readAllBytes());

            // Then
            assertThat(shell.waitFor()).isZero();
            assertThat(answer).contains("What is 17 + 25?").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void askPrintsTheAnswerAndOneLineOfReceipt() throws IOException, InterruptedException {
        try (LauncherProcess up = up("--port", "0").awaitReady()) {
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
    }

    @Test
    void askWithoutAWeirSaysHowToStartOne() throws IOException, InterruptedException {
        // Given
        StringBuilder output = new StringBuilder();

        // When
        int status = ask(output, "hello");

        // Then
        assertThat(status).isEqualTo(1);
        assertThat(output.toString()).startsWith("weir: Weir does not run on " + data).contains("./weir up");
    }

    @Test
    void aDeadGatewayIsRestartedUnderANewProcessIdInTheStateFile() throws IOException, InterruptedException {
        try (LauncherProcess up = up("--port", "0").awaitReady()) {
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
    }

    @Test
    void postgresComesBackOnItsOldPortAfterAKill() throws IOException, InterruptedException {
        try (LauncherProcess up = up("--port", "0").awaitReady()) {
            // Given
            String url = up.state().path("postgres").path("jdbcUrl").asText();

            // When
            ProcessHandle.of(up.pidOf("postgres")).orElseThrow().destroyForcibly();

            // Then
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(up.output()).contains("postgres answers again"));
            assertThat(up.state().path("postgres").path("jdbcUrl").asText()).isEqualTo(url);
        }
    }

    @Test
    void childrenOfAKilledLauncherAreStoppedAndTheirDataIsFoundAgain() throws IOException, InterruptedException {
        // Given
        List<Long> orphans;
        String key;
        try (LauncherProcess first = up("--port", "0").awaitReady()) {
            orphans = first.childPids();
            key = Files.readString(data.resolve("admin.key"));
            first.kill();
        }
        assertThat(orphans).hasSize(4).allMatch(LauncherProcess::isAlive);

        // When
        try (LauncherProcess second = up("--port", "0").awaitReady()) {

            // Then
            assertThat(orphans).noneMatch(LauncherProcess::isAlive);
            assertThat(second.output()).contains("postgres (process ", "was left by a launcher that was killed: stopped");
            assertThat(Files.readString(data.resolve("admin.key"))).isEqualTo(key);
            assertThat(second.output()).doesNotContain("initialised");
            assertThat(calls()).filteredOn(line -> line.contains("POST /admin/v1/tenants {")).hasSize(1);
        }
    }

    @Test
    void aDeletedDemoKeyIsReplacedAndTheTenantsLimitsStay() throws IOException, InterruptedException {
        // Given
        try (LauncherProcess first = up("--port", "0").awaitReady()) {
            first.terminate();
            first.awaitEnd();
        }
        Files.delete(data.resolve("demo.key"));

        // When
        try (LauncherProcess second = up("--port", "0").awaitReady()) {

            // Then
            assertThat(data.resolve("demo.key")).content().isEqualTo("weir_demo");
            assertThat(calls()).filteredOn(line -> line.contains("/limits")).hasSize(1);
            assertThat(calls()).filteredOn(line -> line.contains("/keys")).hasSize(2);
        }
    }

    @Test
    void aSecondLauncherOnTheSameFolderIsRefused() throws IOException, InterruptedException {
        try (LauncherProcess first = up("--port", "0").awaitReady();
                LauncherProcess second = up("--port", "0")) {

            // When
            int status = second.awaitEnd();

            // Then
            assertThat(status).isEqualTo(1);
            assertThat(second.output()).startsWith("weir: Weir already runs on " + data + " (process " + first.pid() + ")");
            assertThat(first.childPids()).allMatch(LauncherProcess::isAlive);
        }
    }

    @Test
    void aTakenPortIsSaidAndNothingIsLeftRunning() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LauncherProcess up = up("--port", Integer.toString(taken.getLocalPort()))) {

            // When
            int status = up.awaitEnd();

            // Then
            assertThat(status).isEqualTo(1);
            assertThat(up.output()).startsWith("weir: Port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
            assertThat(data.resolve("run")).isEmptyDirectory();
        }
    }

    @Test
    void aGatewayThatCannotStartEndsTheLauncherWithItsLastWordsAndNoChildLeft() throws IOException, InterruptedException {
        // Given
        Map<String, String> broken = Map.of("WEIR_GATEWAY_JAVA_OPTS", "-XX:NoSuchOption=1");
        try (LauncherProcess up = LauncherProcess.up(home, data, broken, "--port", "0")) {

            // When
            int status = up.awaitEnd();

            // Then
            assertThat(status).isEqualTo(1);
            assertThat(up.output()).contains("gateway-0 (process ", "It died 4 times within 60 s, so Weir stops.",
                    "The end of " + data.resolve("logs/gateway-0.log"), "Unrecognized VM option");
            assertThat(ProcessHandle.allProcesses().map(process -> process.info().commandLine().orElse("")))
                    .noneMatch(line -> line.contains(data.toString()) && !line.contains("surefire"));
        }
    }

    @Test
    void aSignalDuringTheStartLeavesNoChild() throws IOException, InterruptedException {
        // Given
        try (LauncherProcess up = up("--port", "0")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> up.output().contains("Redis answers"));

            // When
            up.terminate();
            int status = up.awaitEnd();

            // Then
            assertThat(status).isZero();
            assertThat(up.output()).doesNotContain("Weir is ready", "weir:");
            assertThat(data.resolve("run")).isDirectoryNotContaining("glob:**.pid");
        }
        try (LauncherProcess again = up("--port", "0").awaitReady()) {
            assertThat(again.childPids()).allMatch(LauncherProcess::isAlive);
        }
    }
}
