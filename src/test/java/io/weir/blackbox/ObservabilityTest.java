package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.Plan;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Streamed;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can be seen from outside of how it goes, and what can never be seen there: prompts, answers, keys. */
@ExtendWith(Rigs.class)
class ObservabilityTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final HybridRig rig;
    private final Admin.Made tenant;
    private final Caller caller;

    ObservabilityTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
        this.tenant = rig.weir().admin().tenant("observed");
        this.caller = tenant.caller();
    }

    private Reply get(URI base, String path) {
        return rig.weir().http().send(HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    private String metrics() {
        return get(rig.weir().managements().getFirst(), "/metrics").body();
    }

    @Test
    void metricsStandOnTheManagementPortAlone() {
        // Given
        caller.settled(caller.chat(Chat.ask("hi").maxTokens(5)).requestId());
        caller.chat(Chat.ask("hi").with("n", 2));

        // When
        String metrics = metrics();

        // Then
        assertThat(metrics.lines().filter(line -> line.startsWith("weir_requests") && line.contains("_count{")
                && line.contains("tenant=\"" + tenant.id() + "\""))).hasSize(2)
                .anyMatch(line -> line.contains("outcome=\"completed\"") && line.endsWith(" 1.0") || line.endsWith(" 1"))
                .anyMatch(line -> line.contains("outcome=\"refused\"") && line.contains("refusal=\"unsupported_parameter\""));
        assertThat(metrics).contains("weir_cost_nanos", "weir_tokens_output");
        for (String path : List.of("/metrics", "/q/metrics")) {
            assertThat(get(rig.weir().endpoint(), path).status()).as(path).isIn(401, 403, 404);
        }
        assertThat(get(rig.weir().managements().getFirst(), "/v1/models").status()).as("the API is not there").isEqualTo(404);
    }

    @Test
    void healthAnswersOnTheApisPort() {
        for (URI endpoint : rig.weir().endpoints()) {
            assertThat(get(endpoint, "/q/health/live").status()).isEqualTo(200);
            assertThat(get(endpoint, "/q/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void everyRequestHasItsLineInTheAccessLog() {
        // When
        Reply served = caller.chat(Chat.ask("hi").maxTokens(5));
        Reply refused = caller.chat(Chat.ask("hi").with("n", 2));

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            String log = rig.weir().log("gateway-0");
            assertThat(log.lines().filter(line -> line.contains(served.requestId()))).singleElement()
                    .satisfies(line -> assertThat(line).contains("POST /v1/chat/completions", " 200 ", "on-prem"));
            assertThat(log.lines().filter(line -> line.contains(refused.requestId()))).singleElement()
                    .satisfies(line -> assertThat(line).contains("POST /v1/chat/completions", " 400 "));
        });
    }

    @Test
    void noPromptAnswerKeyOrPasswordIsInAnyLogOrMetric() {
        // Given
        List<String> secrets = new ArrayList<>(List.of(caller.key(), rig.weir().secret("admin.key"), rig.weir().secret("demo.key"),
                rig.weir().state().path("postgres").path("password").asText(),
                rig.weir().state().path("postgres").path("migratorPassword").asText(),
                rig.weir().state().path("redis").path("password").asText(),
                rig.bedrock().account().keys().getFirst().secret()));
        List<String> canaries = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            canaries.add("canary-" + UUID.randomUUID());
        }
        rig.engine().script(Plan.saying(canaries.get(0), " ", canaries.get(1)));

        // When
        Reply plain = caller.chat(Chat.ask(canaries.get(2)).maxTokens(5));
        Streamed stream = caller.stream(Chat.ask(canaries.get(3)).maxTokens(5).streamed());
        caller.chat(Chat.refactoring(canaries.get(4)).maxTokens(5));
        caller.chat(Chat.ask("hi").model(canaries.get(5)));
        caller.post("/v1/chat/completions", "{\"" + canaries.get(6) + "\":1}");
        rig.weir().caller("weir_sk_" + canaries.get(7)).chat(Chat.ask("hi"));
        rig.engine().script(Plan.refusing(500));
        caller.chat(Chat.ask(canaries.get(2)).maxTokens(5));

        // Then
        assertThat(plain.content()).as("the canaries were really there").isEqualTo(stream.content())
                .isEqualTo(canaries.get(0) + " " + canaries.get(1));
        secrets.addAll(canaries);
        assertThat(secrets).allMatch(secret -> secret.length() > 8);
        await().atMost(SOON).until(() -> rig.weir().logs().contains(stream.requestId()));
        String seen = rig.weir().logs() + metrics() + get(rig.weir().managements().getLast(), "/metrics").body();
        assertThat(secrets).noneMatch(seen::contains);
    }
}
