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
    void askWithoutAWeirSaysHowToStartOne() throws IOException, InterruptedException {
        // Given
        LauncherProcess asking = LauncherProcess.start(home, data, Map.of(), List.of("ask", "--data", data.toString(), "hello"));

        // When
        int status = asking.awaitEnd();

        // Then
        assertThat(status).isEqualTo(1);
        assertThat(asking.output()).startsWith("weir: Weir does not run on " + data).contains("./weir up");
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
            await().untilAsserted(() -> assertThat(orphans).noneMatch(LauncherProcess::isAlive));
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
