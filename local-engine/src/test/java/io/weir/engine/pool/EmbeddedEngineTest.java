package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.router.CancelToken;
import io.weir.router.Candidate.Health;
import io.weir.router.EngineCall;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineStream;
import io.weir.router.ModelId;
import io.weir.router.ServedModel;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Delta;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.ReasoningDelta;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.StreamEvent.UsageReport;
import io.weir.router.stream.Usage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pool against a real engine: our own, in its own process, with the tiny model. */
class EmbeddedEngineTest {

    private static Process engine;
    private static PoolRig rig;

    @BeforeAll
    static void startTheEngine() throws Exception {
        engine = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", "jdk.incubator.vector", "-Xmx256m",
                        "-cp", System.getProperty("java.class.path"), "io.weir.engine.moe.EngineMain",
                        "--model", Path.of("models", "weir-tiny-moe.gguf").toAbsolutePath().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(engine.getInputStream(), StandardCharsets.UTF_8));
        String ready = out.readLine();
        assertThat(ready).startsWith("ready http://127.0.0.1:");
        rig = new PoolRig(URI.create(ready.substring("ready ".length())));
        rig.engine.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> !rig.engine.models().isEmpty());
    }

    @AfterAll
    static void stopTheEngine() throws Exception {
        if (rig != null) {
            rig.close();
        }
        if (engine != null) {
            engine.destroyForcibly().waitFor();
        }
    }

    private static EngineCall call(Delivery delivery, int cap, String text) {
        ModelId model = rig.engine.models().getFirst().model();
        ChatRequest.Answer answer = new ChatRequest.Answer(null, delivery == Delivery.STREAM, false, false);
        Sampling greedy = new Sampling(0.0, null, 1L, List.of());
        return new EngineCall(model, new ChatRequest("auto", List.of(Message.text(Message.Role.USER, text)), greedy, answer, Attribution.NONE), cap, delivery);
    }

    private static List<StreamEvent> answer(EngineCall call) {
        try (EngineStream stream = rig.engine.open(call, PoolRig.permit(), new CancelToken())) {
            return PoolRig.drain(stream);
        }
    }

    private static String text(List<StreamEvent> events) {
        StringBuilder text = new StringBuilder();
        for (StreamEvent event : events) {
            switch (event) {
                case Delta delta -> text.append(delta.text());
                case ReasoningDelta delta -> text.append('<').append(delta.text());
                case UsageReport report -> {}
                case Finished finished -> {}
                case StreamEvent.Broken broken -> {}
            }
        }
        return text.toString();
    }

    private static Usage.Exact lastUsage(List<StreamEvent> events) {
        return events.stream().filter(UsageReport.class::isInstance).map(event -> ((UsageReport) event).usage()).reduce((one, next) -> next).orElseThrow();
    }

    @Test
    void seesItsModel() {
        ServedModel model = rig.engine.models().getFirst();

        assertThat(model.health()).isEqualTo(Health.UP);
        assertThat(model.limits().contextWindow()).isGreaterThan(100);
        assertThat(model.limits().maxOutputTokens()).isBetween(1, model.limits().contextWindow());
    }

    @Test
    void deliversTheSameTextAndTheSameUsageWholeAndStreamed() {
        // Given
        String question = "What is a weir?";

        // When
        List<StreamEvent> whole = answer(call(Delivery.WHOLE, 32, question));
        List<StreamEvent> streamed = answer(call(Delivery.STREAM, 32, question));

        // Then
        assertThat(whole.getLast()).isInstanceOf(Finished.class).isEqualTo(streamed.getLast());
        assertThat(text(whole)).isNotEmpty().isEqualTo(text(streamed));
        assertThat(lastUsage(whole).output()).isEqualTo(lastUsage(streamed).output()).isBetween(1L, 32L);
        assertThat(lastUsage(whole).input()).isEqualTo(lastUsage(streamed).input()).isPositive();
        assertThat(streamed.stream().filter(Delta.class::isInstance).count()).isGreaterThan(1);
    }

    @Test
    void saysThatAPromptIsTooLong() {
        // Given
        int context = rig.engine.models().getFirst().limits().contextWindow();

        // When
        List<StreamEvent> events = answer(call(Delivery.STREAM, 8, "word and ".repeat(context)));

        // Then
        assertThat(events).containsExactly(new Broken(BreakCause.CONTEXT_EXCEEDED, Spent.NOTHING));
    }

    @Test
    void cancelsAtOnceAndGoesOn() {
        // Given
        CancelToken cancel = new CancelToken();
        EngineStream stream = rig.engine.open(call(Delivery.STREAM, 256, "Tell me everything about rivers."), PoolRig.permit(), cancel);

        // When: before the tiny model, which answers within milliseconds, can be through
        cancel.cancel();
        List<StreamEvent> rest = PoolRig.drain(stream);
        List<StreamEvent> next = answer(call(Delivery.WHOLE, 8, "Hello"));

        // Then
        assertThat(rest).singleElement().isInstanceOfSatisfying(Broken.class, broken -> assertThat(broken.cause()).isEqualTo(BreakCause.CANCELLED));
        assertThat(next.getLast()).isInstanceOf(Finished.class);
    }
}
