package io.weir.blackbox.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the simulator takes for a Converse call. */
class ConverseParserTest {

    private static final String GOOD = """
            {"messages":[{"role":"user","content":[{"text":"one two"}]}],"system":[{"text":"sys"}],
            "inferenceConfig":{"maxTokens":5,"temperature":0.5,"topP":1,"stopSequences":["x"]}}""";

    @Test
    void good_request_is_parsed_and_counted() throws ConverseParser.Invalid {
        // When
        ConverseCall call = new ConverseParser(Set.of("m")).parse(7, request("/model/m/converse-stream", GOOD));
        // Then: "one", " two", "sys" and 4 for the message
        assertThat(call.number()).isEqualTo(7);
        assertThat(call.streaming()).isTrue();
        assertThat(call.maxTokens()).isEqualTo(5);
        assertThat(call.stopSequences()).containsExactly("x");
        assertThat(call.inputTokens()).isEqualTo(7);
        assertThat(call.toString()).doesNotContain("two");
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(GOOD.replace("\"system\"", "\"sistem\""), "extraneous key [sistem]"),
                Arguments.of(GOOD.replace("\"topP\"", "\"top_p\""), "extraneous key [top_p]"),
                Arguments.of(GOOD.replace("\"role\"", "\"name\":\"x\",\"role\""), "extraneous key [name]"),
                Arguments.of(GOOD.replace("{\"text\":\"one two\"}", "{\"txt\":\"one two\"}"), "extraneous key [txt]"),
                Arguments.of(GOOD.replace("{\"text\":\"one two\"}", "{\"text\":\"a\",\"cachePoint\":{}}"), "exactly one member"),
                Arguments.of(GOOD.replace("one two", " \\n "), "is blank"),
                Arguments.of(GOOD.replace("\"user\"", "\"assistant\""), "must start with a user message"),
                Arguments.of(GOOD.replace("\"user\"", "\"system\""), "enum value set: [user, assistant]"),
                Arguments.of(GOOD.replace("}]}],\"system\"", "}]},{\"role\":\"user\",\"content\":[{\"text\":\"b\"}]}],\"system\""), "must alternate"),
                Arguments.of(GOOD.replace("\"maxTokens\":5", "\"maxTokens\":0"), "inferenceConfig.maxTokens"),
                Arguments.of(GOOD.replace("\"maxTokens\":5,", ""), "inferenceConfig.maxTokens"),
                Arguments.of(GOOD.replace("0.5", "1.5"), "inferenceConfig.temperature"),
                Arguments.of(GOOD.replace("[\"x\"]", "[\"\"]"), "inferenceConfig.stopSequences"),
                Arguments.of("{\"messages\":[]}", "at least one message"),
                Arguments.of(GOOD.replace("\"system\"", "\"messages\""), "not a JSON object"),
                Arguments.of(GOOD + "{}", "not a JSON object"),
                Arguments.of("[1]", "not a JSON object"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void bad_request_is_refused_in_the_services_words(String body, String words) {
        // Given
        ConverseParser parser = new ConverseParser(Set.of());
        // When
        var refused = catchThrowableOfType(ConverseParser.Invalid.class, () -> parser.parse(1, request("/model/m/converse", body)));
        // Then
        assertThat(refused.error().status()).isEqualTo(400);
        assertThat(refused.error().message()).contains(words).doesNotContain("one two");
    }

    @Test
    void unknown_models_and_unknown_paths_are_refused() {
        // Given
        ConverseParser parser = new ConverseParser(Set.of("known"));
        // When
        var model = catchThrowableOfType(ConverseParser.Invalid.class, () -> parser.parse(1, request("/model/other/converse", GOOD)));
        var path = catchThrowableOfType(ConverseParser.Invalid.class, () -> parser.parse(1, request("/model/known/invoke", GOOD)));
        // Then
        assertThat(model.error()).isEqualTo(new AwsError(400, "ValidationException", "The provided model identifier is invalid."));
        assertThat(path.error().status()).isEqualTo(404);
    }

    private static WireRequest request(String path, String body) {
        return new WireRequest("POST", path, "", List.of(Map.entry("content-type", "application/json")), body.getBytes(StandardCharsets.UTF_8));
    }
}
