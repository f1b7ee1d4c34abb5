package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.Clone;
import io.weir.blackbox.rig.Running;
import io.weir.blackbox.rig.Setup;
import io.weir.blackbox.rig.Signals;
import io.weir.blackbox.rig.Streamed;
import io.weir.blackbox.rig.Weir;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What somebody lives through who starts Weir on a fresh machine, asks, stops, kills and starts again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StartTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Chat SUM = Chat.ask("What is 17 + 25?").maxTokens(64);

    @Test
    @Order(1)
    void fromAFreshFolderToBookedTokensAndBackAgain() {
        Path data = Weir.freshFolder();
        try (Weir first = Weir.up(Setup.named("first-start").over(data))) {
            theBannersCurlLineStreamsRealTokensThatAreBooked(first);
            askPrintsTheAnswerAndOneLine(first);
            aKilledGatewayIsStartedAgain(first);
            aSigtermDrainsAndLeavesNoChild(first);
        }
        List<Weir.Child> orphans;
        try (Weir second = Weir.up(Setup.named("second-start").over(data))) {
            findsItsDataAgain(second);
            orphans = second.children();
            Signals.send(second.launcher().pid(), "KILL");
            second.launcher().awaitExit(LONG);
        }
        assertThat(orphans).allMatch(child -> Signals.isAlive(child.pid()));
        try (Weir third = Weir.up(Setup.named("third-start").over(data))) {
            assertThat(orphans).noneMatch(child -> Signals.isAlive(child.pid()));
            assertThat(third.demo().chat(SUM).content()).contains("42");
            assertThat(third.stop()).isZero();
            third.removeData();
        }
    }

    private static void theBannersCurlLineStreamsRealTokensThatAreBooked(Weir weir) {
        // Given
        String curl = weir.output().lines().filter(line -> line.strip().startsWith("curl ")).findFirst().orElseThrow();

        // When
        String answer = shell(curl);

        // Then
        assertThat(answer.lines().filter(line -> line.startsWith("data: {")).count()).as("streamed").isGreaterThan(3);
        assertThat(answer).contains("data: [DONE]");
        Streamed same = weir.demo().stream(SUM.streamed());
        assertThat(same.content()).contains("42");
        JsonNode receipt = weir.demo().settled(same.requestId());
        await().atMost(LONG).until(() -> weir.demo().get("/v1/usage").json().path("total").path("requests").asLong() == 2);
        JsonNode total = weir.demo().get("/v1/usage").json().path("total");
        assertThat(total.path("usage").path("output").asLong()).isEqualTo(2 * receipt.path("usage").path("output").asLong()).isPositive();
        assertThat(total.path("usage").path("inputFresh").asLong()).isPositive();
        assertThat(total.path("costNanos").asLong()).isEqualTo(2 * receipt.path("costNanos").asLong()).isPositive();
        JsonNode admins = weir.admin().get("/admin/v1/usage?tenant=demo").json().path("total");
        assertThat(admins).isEqualTo(total);
    }

    private static void askPrintsTheAnswerAndOneLine(Weir weir) {
        // When
        Running ask = weirCommand("ask", "--data", weir.data().toString(), "What is 17 + 25?");

        // Then
        assertThat(ask.awaitExit(LONG)).isZero();
        List<String> lines = ask.output().strip().lines().toList();
        assertThat(lines.getFirst()).contains("42");
        assertThat(lines.getLast()).startsWith("-- on-prem (weir-small-moe) | complexity 0.000 | why: simple-on-prem | ")
                .containsPattern("\\d+ tokens in, \\d+ out \\| 0\\.\\d{9} USD \\| [0-9a-f-]{36}$");
    }

    private static void aKilledGatewayIsStartedAgain(Weir weir) {
        // Given
        Weir.Child gateway = weir.child("gateway-0");

        // When
        Signals.send(gateway.pid(), "KILL");

        // Then
        await().atMost(LONG).until(() -> weir.output().contains("gateway-0 answers again"));
        assertThat(weir.output()).contains("gateway-0 (process " + gateway.pid() + ") died").contains(gateway.log().toString());
        await().atMost(LONG).until(() -> weir.child("gateway-0").pid() != gateway.pid());
        await().atMost(LONG).ignoreExceptions().until(() -> weir.demo().chat(SUM).status() == 200);
    }

    private static void aSigtermDrainsAndLeavesNoChild(Weir weir) {
        // Given
        List<Weir.Child> children = weir.children();
        Caller demo = weir.demo();
        CompletableFuture<Streamed> running = CompletableFuture.supplyAsync(
                () -> demo.stream(Chat.ask("Count from 1 to 30.").maxTokens(400).streamed()));
        await().atMost(LONG).until(() -> {
            try (var ledger = weir.ledger()) {
                return ledger.allIntents() > 0 || running.isDone();
            }
        });

        // When
        int status = weir.stop();

        // Then
        assertThat(status).isZero();
        assertThat(running.join().isDone()).as("the stream under way has ended as it should").isTrue();
        assertThat(children).hasSizeGreaterThanOrEqualTo(4).noneMatch(child -> Signals.isAlive(child.pid()));
        assertThat(weir.data().resolve("weir.json")).doesNotExist();
    }

    private static void findsItsDataAgain(Weir weir) {
        JsonNode total = weir.demo().get("/v1/usage").json().path("total");
        assertThat(total.path("requests").asLong()).as("the first start's requests").isGreaterThanOrEqualTo(4);
        assertThat(weir.demo().chat(SUM).content()).contains("42");
    }

    @Test
    @Order(2)
    void anUnusableFlagIsSaidInOneSentence() {
        // When
        Running refused = weirCommand("up", "--port", "seventy");

        // Then
        assertThat(refused.awaitExit(LONG)).isEqualTo(2);
        assertThat(refused.output()).contains("--port").contains("seventy");
    }

    private static Running weirCommand(String... words) {
        List<String> command = new ArrayList<>(List.of(Clone.root().resolve("weir").toString()));
        command.addAll(List.of(words));
        return Running.start(command, Map.of("WEIR_BUILD", "never", "JAVA_HOME", System.getProperty("java.home")));
    }

    private static String shell(String line) {
        Running bash = Running.start(List.of("bash", "-c", line), Map.of());
        assertThat(bash.awaitExit(LONG)).as(bash.output()).isZero();
        return bash.output();
    }
}
