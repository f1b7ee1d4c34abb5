package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.router.Candidate.Health;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.ServedModel;
import io.weir.router.score.Residency;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ModelWatchTest {

    private static final String LIST = """
            {"object":"list","models":[{"name":"other"}],"data":[\
            {"id":"vllm","object":"model","max_model_len":1024,"permission":[{"id":"p","max_model_len":3}]},\
            {"id":"llama","meta":{"n_ctx_train":8192,"n_ctx":2048}},{"id":"trained","meta":{"n_ctx_train":131072}},{"id":"plain","max_model_len":null},\
            {"id":"auto"},{"id":""},{"id":"with space"},{"object":"model"},{"id":"plain"}]}""";

    /** Answers by path; silent where the answer is empty. */
    private static ScriptedEngine paths(Map<String, String> answers) throws Exception {
        return new ScriptedEngine(wire -> {
            for (ScriptedEngine.Seen seen = wire.request(); seen != null; seen = wire.request()) {
                String answer = answers.getOrDefault(seen.line().split(" ")[1], Http.response("404 Not Found", "text/plain", "no"));
                if (answer.isEmpty()) {
                    wire.closedAt();
                    return;
                }
                wire.send(answer);
            }
        });
    }

    private static PoolRig watching(ScriptedEngine server) {
        PoolRig rig = new PoolRig(server.url(), options -> options.with(new OnPremOptions.Checks(Duration.ofMillis(10), Duration.ofMillis(200))));
        rig.engine.start();
        return rig;
    }

    private static ServedModel served(String name, int context, int output, Health health) {
        return new ServedModel(new ModelId(name), new ModelLimits(context, output), Residency.PREMISES, health);
    }

    private static void awaitModels(PoolRig rig, ServedModel... expected) {
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(rig.engine.models()).containsExactly(expected));
    }

    @Test
    void readsTheModelsOfEveryKindOfEngine() throws Exception {
        // Given
        Map<String, String> answers = Map.of("/health", Http.response("200 OK", "text/plain", ""), "/v1/models", Http.json(LIST));
        try (ScriptedEngine server = paths(answers); PoolRig rig = new PoolRig(server.url(), options -> options.withApiKey("k"))) {
            assertThat(rig.engine.models()).isEmpty();

            // When
            rig.engine.start();

            // Then
            awaitModels(rig, served("vllm", 1024, 512, Health.UP), served("llama", 2048, 1024, Health.UP), served("trained", 131072, 4096, Health.UP),
                    served("plain", 4096, 2048, Health.UP));
            assertThat(server.requests).allSatisfy(seen -> assertThat(seen.head()).contains("authorization: Bearer k\r\n"));
        }
    }

    @Test
    void takesTheModelListForHealthWhereThereIsNoHealthPage() throws Exception {
        // Given
        try (ScriptedEngine server = paths(Map.of("/v1/models", Http.json("{\"data\":[{\"id\":\"m\",\"max_model_len\":100}]}"))); PoolRig rig = watching(server)) {
            // When, Then
            awaitModels(rig, served("m", 100, 50, Health.UP));
        }
    }

    @Test
    void keepsTheModelsOfAnEngineThatGoesDownAndFindsItAgain() throws Exception {
        // Given
        Map<String, String> answers = new ConcurrentHashMap<>();
        answers.put("/v1/models", Http.json("{\"data\":[{\"id\":\"m\",\"max_model_len\":100}]}"));
        answers.put("/health", Http.response("503 Loading", "text/plain", ""));
        try (ScriptedEngine server = paths(answers); PoolRig rig = watching(server)) {
            for (String trouble : List.of(Http.response("503 Loading", "text/plain", ""), "", "garbage\r\n\r\n")) {
                answers.put("/health", Http.response("200 OK", "text/plain", ""));
                awaitModels(rig, served("m", 100, 50, Health.UP));

                // When
                answers.put("/health", trouble);

                // Then
                awaitModels(rig, served("m", 100, 50, Health.DOWN));
            }
        }
    }

    @Test
    void saysThatAnEngineThatIsGoneIsDown() throws Exception {
        // Given
        ScriptedEngine server = paths(Map.of("/v1/models", Http.json("{\"data\":[{\"id\":\"m\",\"max_model_len\":100}]}")));
        try (PoolRig rig = watching(server)) {
            awaitModels(rig, served("m", 100, 50, Health.UP));

            // When
            server.close();

            // Then
            awaitModels(rig, served("m", 100, 50, Health.DOWN));
        }
    }
}
