package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.router.GatewayError;
import io.weir.router.ModelId;
import io.weir.router.RequestId;
import io.weir.router.chat.ChatRequest;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OpenAiWritersTest {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.999Z");
    static final ChatHead HEAD =
            new ChatHead(RequestId.parse("019aab00-0000-7000-8000-000000000001"), NOON, new ModelId("weir-small-moe"));
    static final Usage USAGE = new Usage.Exact(10, 5, 2, 7, 3);
    private static final ChatRequest.Answer PLAIN = new ChatRequest.Answer(null, false, false, false);
    static final ChatRequest.Answer EVERYTHING = new ChatRequest.Answer(null, true, true, true);

    @Test
    void writesAWholeAnswer() {
        // Given
        WholeAnswer answer = new WholeAnswer("Hé \"x\"\n😀", "thought", FinishReason.STOP, USAGE);

        // When
        byte[] plain = OpenAiChatWriter.whole(HEAD, PLAIN, answer);
        byte[] reasoned = OpenAiChatWriter.whole(HEAD, EVERYTHING, answer);

        // Then
        Golden.assertMatches("chat-completion.json", plain);
        Golden.assertMatches("chat-completion-reasoned.json", reasoned);
    }

    @Test
    void writesAStreamWithoutUsageAndReasoning() {
        // When
        byte[] bytes = stream(new ChatRequest.Answer(null, true, false, false));

        // Then
        Golden.assertMatches("chat-stream.sse", bytes);
    }

    @Test
    void writesAStreamWithUsageAndReasoning() {
        // When
        byte[] bytes = stream(EVERYTHING);

        // Then
        Golden.assertMatches("chat-stream-everything.sse", bytes);
    }

    private static byte[] stream(ChatRequest.Answer asked) {
        OpenAiChatStreamWriter writer = new OpenAiChatStreamWriter(HEAD, asked);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(writer.reasoning("Hm\n"));
        bytes.writeBytes(writer.delta("Hé"));
        bytes.writeBytes(writer.delta(" \"x\" 😀"));
        bytes.writeBytes(writer.end(FinishReason.LENGTH, USAGE));
        return bytes.toByteArray();
    }

    @Test
    void endsABrokenStreamWithOneErrorEventAndNoDone() {
        // Given
        OpenAiChatStreamWriter writer = new OpenAiChatStreamWriter(HEAD, EVERYTHING);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(writer.delta("Half"));

        // When
        bytes.writeBytes(writer.fail(new GatewayError.EngineFailed()));

        // Then
        Golden.assertMatches("chat-stream-broken.sse", bytes.toByteArray());
    }

    @Test
    void writesAnEmptyAnswerWithItsRole() {
        // When
        byte[] bytes = new OpenAiChatStreamWriter(HEAD, PLAIN).end(FinishReason.STOP, USAGE);

        // Then
        assertThat(events(bytes)).hasSize(3);
        assertThat(node(events(bytes).getFirst()).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(node(events(bytes).get(1)).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(events(bytes).getLast()).isEqualTo("[DONE]");
    }

    @Test
    void sendsNothingForHiddenReasoning() {
        // Given
        OpenAiChatStreamWriter writer = new OpenAiChatStreamWriter(HEAD, PLAIN);

        // When
        byte[] bytes = writer.reasoning("secret");

        // Then
        assertThat(bytes).isEmpty();
    }

    @Test
    void letsAStreamEndOnce() {
        // Given
        OpenAiChatStreamWriter ended = new OpenAiChatStreamWriter(HEAD, PLAIN);
        ended.end(FinishReason.STOP, USAGE);
        OpenAiChatStreamWriter failed = new OpenAiChatStreamWriter(HEAD, PLAIN);
        failed.fail(new GatewayError.Internal());

        // When, Then
        for (OpenAiChatStreamWriter writer : List.of(ended, failed)) {
            assertThatThrownBy(() -> writer.end(FinishReason.STOP, USAGE)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.fail(new GatewayError.Internal())).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.delta("x")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.reasoning("x")).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("errors")
    void writesEveryErrorWithItsType(GatewayError error, String type) throws IOException {
        // When
        JsonNode body = JSON.readTree(OpenAiErrorWriter.body(error));

        // Then
        assertThat(body.size()).isEqualTo(1);
        assertThat(body.get("error").properties()).extracting(Map.Entry::getKey).containsExactly("message", "type", "param", "code");
        assertThat(body.at("/error/message").textValue()).isEqualTo(error.message());
        assertThat(body.at("/error/type").textValue()).isEqualTo(type);
        assertThat(body.at("/error/param").textValue()).isEqualTo(error.param());
        assertThat(body.at("/error/code").textValue()).isEqualTo(error.code());
    }

    static List<Arguments> errors() {
        String invalid = "invalid_request_error";
        String server = "server_error";
        return List.of(
                Arguments.of(new GatewayError.Invalid("invalid_type", "messages[0].content", "'x' must be \"a\"."), invalid),
                Arguments.of(new GatewayError.Invalid("invalid_json", null, "The body is empty."), invalid),
                Arguments.of(new GatewayError.TooLarge(1), invalid),
                Arguments.of(new GatewayError.UnsupportedMedia("m"), invalid),
                Arguments.of(new GatewayError.ModelNotFound(), invalid),
                Arguments.of(new GatewayError.NotFound("m"), invalid),
                Arguments.of(new GatewayError.MethodNotAllowed(), invalid),
                Arguments.of(new GatewayError.Conflict("m"), invalid),
                Arguments.of(new GatewayError.Unauthenticated(), "authentication_error"),
                Arguments.of(new GatewayError.Forbidden("m"), "permission_error"),
                Arguments.of(new GatewayError.RateLimited("requests", Duration.ofMillis(1)), "rate_limit_error"),
                Arguments.of(new GatewayError.BudgetExhausted(null), "insufficient_quota"),
                Arguments.of(new GatewayError.BudgetHeld(), "insufficient_quota"),
                Arguments.of(new GatewayError.StoresAway(), server),
                Arguments.of(new GatewayError.NoEngine("m"), server),
                Arguments.of(new GatewayError.EngineFailed(), server),
                Arguments.of(new GatewayError.EngineThrottled(null), server),
                Arguments.of(new GatewayError.EngineTimedOut(), server),
                Arguments.of(new GatewayError.Overloaded("m"), server),
                Arguments.of(new GatewayError.Internal(), server));
    }

    @Test
    void listsModelsAutoFirst() {
        // Given
        var small = new OpenAiModelsWriter.Listed(new ModelId("weir-small-moe"), NOON, "on-prem");

        // When
        byte[] list = OpenAiModelsWriter.list(OpenAiModelsWriter.Listed.auto(NOON), List.of(small));
        byte[] one = OpenAiModelsWriter.one(small);

        // Then
        Golden.assertMatches("models.json", list);
        Golden.assertMatches("model.json", one);
    }

    static List<String> events(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n\n");
        return text.substring(0, text.length() - 2)
                .lines()
                .filter(line -> !line.isEmpty())
                .peek(line -> assertThat(line).startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    static JsonNode node(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new AssertionError(json, broken);
        }
    }
}
