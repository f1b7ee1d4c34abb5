package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Limits;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Part;
import io.weir.tenancy.Unsupported;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiChatParserTest {

    private final OpenAiChatParser parser = new OpenAiChatParser();

    @Test
    void readsEveryHonouredField() {
        // Given
        String body = """
                {"model":"auto","messages":[
                  {"role":"system","content":"Be brief."},
                  {"content":[{"type":"text","text":"Hé"},{"text":"\\ud83d\\ude00","type":"text"}],"role":"user"},
                  {"role":"assistant","content":"","refusal":null,"tool_calls":null,"audio":null,"annotations":[]},
                  {"role":"developer","content":"x","name":null}],
                 "temperature":0.5,"top_p":1,"max_completion_tokens":7,"stop":["a","b"],"seed":-3,"n":1,"user":"u","safety_identifier":"s",
                 "metadata":{"k":"v"},"store":false,"response_format":{"type":"text"},"stream":true,
                 "stream_options":{"include_usage":true,"include_obfuscation":false},"include_reasoning":true}
                """;

        // When
        ParsedChat parsed = parser.parse(bytes(body), Unsupported.REFUSE);

        // Then
        ChatRequest request = parsed.request();
        assertThat(request.model()).isEqualTo("auto");
        assertThat(request.messages())
                .containsExactly(
                        Message.text(Role.SYSTEM, "Be brief."),
                        new Message(Role.USER, List.of(new Part.Text("Hé"), new Part.Text("😀"))),
                        Message.text(Role.ASSISTANT, ""),
                        Message.text(Role.DEVELOPER, "x"));
        assertThat(request.sampling().temperature()).isEqualTo(0.5);
        assertThat(request.sampling().topP()).isEqualTo(1.0);
        assertThat(request.sampling().seed()).isEqualTo(-3L);
        assertThat(request.sampling().stop()).containsExactly("a", "b");
        assertThat(request.answer()).isEqualTo(new ChatRequest.Answer(7, true, true, true));
        assertThat(request.attribution().endUser()).isEqualTo("u");
        assertThat(request.attribution().safetyIdentifier()).isEqualTo("s");
        assertThat(request.attribution().tags()).isEqualTo(Map.of("k", "v"));
        assertThat(parsed.ignored()).isEmpty();
    }

    @Test
    void takesNullForAbsent() {
        // Given
        String nulls = Stream.concat(
                        OpenAiUnbuilt.FIELDS.stream(),
                        Stream.of(
                                "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed", "n", "user", "metadata", "store",
                                "safety_identifier", "response_format", "stream", "stream_options", "include_reasoning"))
                .map(name -> ",\"" + name + "\":null")
                .collect(Collectors.joining());

        // When
        ChatRequest request = parser.parse(bytes(valid(nulls)));

        // Then
        assertThat(request).isEqualTo(parser.parse(bytes(valid(""))));
    }

    @ParameterizedTest
    @MethodSource("refusalsWithTheirTwins")
    void refusesAndAcceptsTheTwin(String code, String param, String refused, String accepted) {
        // When
        GatewayError error = refusal(bytes(refused), Unsupported.REFUSE);
        ChatRequest request = parser.parse(bytes(accepted));

        // Then
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.param()).isEqualTo(param.isEmpty() ? null : param);
        assertThat(request.messages()).isNotEmpty();
    }

    static Stream<Arguments> refusalsWithTheirTwins() {
        return Stream.of(jsonForm(), topLevel(), messages(), unbuilt()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> jsonForm() {
        String ok = valid("");
        return Stream.of(
                row("invalid_json", "", "", ok),
                row("invalid_json", "", " ", " " + ok),
                row("invalid_json", "", "[" + ok + "]", ok),
                row("invalid_json", "", "\"x\"", ok),
                row("invalid_json", "", ok.substring(0, ok.length() - 1), ok),
                row("invalid_json", "", ok + "{\"b\":2}", ok + " \n\t\r"),
                row("invalid_json", "", ok + "x", ok + "\n"),
                row("invalid_json", "", valid(",\"model\":\"auto\""), ok),
                row("invalid_json", "", valid(",\"tools\":[{\"a\":1,\"a\":1}]"), valid(",\"tools\":[]")),
                row("invalid_json", "", valid(",\"metadata\":{\"a\":\"1\",\"a\":\"1\"}"), valid(",\"metadata\":{\"a\":\"1\",\"b\":\"1\"}")),
                row("invalid_json", "", valid(",\"user\":\"\\ud800\""), valid(",\"user\":\"\\ud83d\\ude00\"")),
                row("invalid_json", "", valid(",\"user\":\"a\nb\""), valid(",\"user\":\"a\\nb\"")),
                row("invalid_json", "", valid(",\"seed\":01"), valid(",\"seed\":1")),
                row("invalid_json", "", valid(",\"seed\":+1"), valid(",\"seed\":1")),
                row("invalid_json", "", valid(",\"temperature\":NaN"), valid(",\"temperature\":0")),
                row("invalid_json", "", valid(",\"temperature\":0." + "1".repeat(64)), valid(",\"temperature\":0." + "1".repeat(63))),
                row("invalid_json", "", valid(",'user':\"a\""), valid(",\"user\":\"a\"")),
                row("invalid_json", "", valid(",\"user\":\"a\","), valid(",\"user\":\"a\"")),
                row("invalid_json", "", valid(",\"stop\":[\"a\",]"), valid(",\"stop\":[\"a\"]")),
                row("invalid_json", "", valid("/* */"), ok));
    }

    private static Stream<Arguments> topLevel() {
        String ok = valid("");
        return Stream.of(
                row("missing_required_parameter", "model", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", ok),
                row("missing_required_parameter", "messages", "{\"model\":\"auto\"}", ok),
                field("invalid_type", "model", "1", "\"m\""),
                field("invalid_type", "model", "null", "\"m\""),
                field("invalid_value", "model", "\"\"", "\"m\""),
                field("invalid_value", "model", "\"a b\"", "\"a-b\""),
                field("invalid_value", "model", "\"" + "m".repeat(129) + "\"", "\"" + "m".repeat(128) + "\""),
                field("unknown_parameter", "modell", "1", null),
                field("unknown_parameter", "modell", "null", null),
                field("unknown_parameter", "__proto__", "{\"a\":[1]}", null),
                field("invalid_type", "temperature", "\"1\"", "1"),
                field("invalid_value", "temperature", "2.01", "2"),
                field("invalid_value", "temperature", "-0.1", "-0.0"),
                field("invalid_value", "temperature", "1e999", "1e-999"),
                field("invalid_value", "top_p", "0", "0.01"),
                field("invalid_value", "top_p", "1.01", "1.0"),
                field("invalid_value", "max_tokens", "0", "1"),
                field("invalid_value", "max_tokens", "1000001", "1000000"),
                field("invalid_value", "max_tokens", "9".repeat(40), "9"),
                field("invalid_type", "max_tokens", "1.0", "1"),
                field("invalid_value", "max_completion_tokens", "0", "1"),
                row("invalid_value", "max_tokens", valid(",\"max_tokens\":1,\"max_completion_tokens\":1"), valid(",\"max_tokens\":1,\"max_completion_tokens\":null")),
                field("invalid_type", "seed", "1.5", "1"),
                field("invalid_value", "seed", "9223372036854775808", "9223372036854775807"),
                field("invalid_type", "stop", "1", "\"1\""),
                field("invalid_value", "stop", "\"\"", "\"1\""),
                row("invalid_value", "stop[4]", valid(",\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\"]"), valid(",\"stop\":[\"1\",\"2\",\"3\",\"4\"]")),
                row("invalid_type", "stop[1]", valid(",\"stop\":[\"1\",2]"), valid(",\"stop\":[\"1\",\"2\"]")),
                row("invalid_value", "stop[0]", valid(",\"stop\":[\"" + "s".repeat(257) + "\"]"), valid(",\"stop\":[\"" + "s".repeat(256) + "\"]")),
                field("invalid_type", "n", "\"1\"", "1"),
                field("invalid_value", "n", "0", "1"),
                field("unsupported_parameter", "n", "2", "1"),
                field("invalid_value", "user", "\"" + "u".repeat(257) + "\"", "\"" + "u".repeat(256) + "\""),
                field("invalid_type", "safety_identifier", "1", "\"1\""),
                field("invalid_type", "metadata", "[]", "{}"),
                field("invalid_type", "metadata", "{\"a\":1}", "{\"a\":\"1\"}"),
                field("invalid_value", "metadata", pairs(17), pairs(16)),
                field("invalid_value", "metadata", "{\"" + "k".repeat(65) + "\":\"\"}", "{\"" + "k".repeat(64) + "\":\"\"}"),
                field("invalid_value", "metadata", "{\"k\":\"" + "v".repeat(513) + "\"}", "{\"k\":\"" + "v".repeat(512) + "\"}"),
                field("unsupported_parameter", "store", "true", "false"),
                field("unsupported_parameter", "response_format", "{\"type\":\"json_object\"}", "{\"type\":\"text\"}"),
                row("missing_required_parameter", "response_format.type", valid(",\"response_format\":{}"), valid("")),
                row("invalid_value", "response_format.type", valid(",\"response_format\":{\"type\":\"xml\"}"), valid("")),
                row("unknown_parameter", "response_format.x", valid(",\"response_format\":{\"type\":\"text\",\"x\":1}"), valid("")),
                field("invalid_type", "stream", "1", "true"),
                row("invalid_value", "stream_options", valid(",\"stream_options\":{}"), valid(",\"stream_options\":{},\"stream\":true")),
                row("invalid_type", "stream_options.include_usage", streaming("\"include_usage\":1"), streaming("\"include_usage\":null")),
                row("unsupported_parameter", "stream_options.include_obfuscation", streaming("\"include_obfuscation\":true"), streaming("\"include_obfuscation\":false")),
                row("unknown_parameter", "stream_options.x", streaming("\"x\":1"), streaming("")),
                field("invalid_type", "include_reasoning", "\"true\"", "true"));
    }

    private static Stream<Arguments> messages() {
        String user = "{\"role\":\"user\",\"content\":\"x\"}";
        return Stream.of(
                message("invalid_type", "messages", "{}", "[" + user + "]"),
                message("invalid_type", "messages", "null", "[" + user + "]"),
                message("invalid_value", "messages", "[]", "[" + user + "]"),
                message("invalid_value", "messages", many(2049, user), many(2048, user)),
                message("invalid_type", "messages[1]", "[" + user + ",1]", "[" + user + "," + user + "]"),
                one("missing_required_parameter", "messages[0].role", "{\"content\":\"x\"}", user),
                one("missing_required_parameter", "messages[0].content", "{\"role\":\"user\"}", user),
                one("invalid_value", "messages[0].role", "{\"role\":\"root\",\"content\":\"x\"}", user),
                one("invalid_type", "messages[0].role", "{\"role\":null,\"content\":\"x\"}", user),
                one("unsupported_parameter", "messages[0].role", "{\"role\":\"tool\",\"content\":\"x\"}", user),
                one("invalid_type", "messages[0].content", "{\"role\":\"assistant\",\"content\":null}", "{\"role\":\"assistant\",\"content\":\"\"}"),
                one("invalid_type", "messages[0].content", "{\"role\":\"user\",\"content\":{}}", user),
                one("unsupported_parameter", "messages[0].tool_calls", "{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{}]}", "{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[]}"),
                one("unsupported_parameter", "messages[0].name", "{\"role\":\"user\",\"content\":\"x\",\"name\":\"n\"}", "{\"role\":\"user\",\"content\":\"x\",\"name\":null}"),
                one("unsupported_parameter", "messages[0].refusal", "{\"role\":\"assistant\",\"content\":\"x\",\"refusal\":\"n\"}", "{\"role\":\"assistant\",\"content\":\"x\",\"refusal\":null}"),
                one("unknown_parameter", "messages[0].nick", "{\"role\":\"user\",\"content\":\"x\",\"nick\":\"n\"}", user),
                part("invalid_value", "messages[0].content", "", text("x")),
                part("invalid_type", "messages[0].content[1]", text("x") + ",\"y\"", text("x") + "," + text("y")),
                part("invalid_value", "messages[0].content[256]", many(257, text("")), many(256, text(""))),
                part("missing_required_parameter", "messages[0].content[0].type", "{\"text\":\"x\"}", text("x")),
                part("missing_required_parameter", "messages[0].content[0].text", "{\"type\":\"text\"}", text("x")),
                part("invalid_type", "messages[0].content[0].text", "{\"type\":\"text\",\"text\":1}", text("x")),
                part("invalid_value", "messages[0].content[0].type", "{\"type\":\"smell\"}", text("x")),
                part("unknown_parameter", "messages[0].content[0].x", "{\"type\":\"text\",\"text\":\"\",\"x\":1}", text("")),
                part("unsupported_parameter", "messages[0].content[0].prompt_cache_breakpoint", "{\"type\":\"text\",\"text\":\"\",\"prompt_cache_breakpoint\":{}}", text("")),
                part("unsupported_parameter", "messages[0].content[1].type", text("x") + ",{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}}", text("x")),
                part("unsupported_parameter", "messages[0].content[0].type", "{\"image_url\":{\"url\":\"data:\"},\"type\":\"image_url\"}", text("x")),
                part("unsupported_parameter", "messages[0].content[0].image_url", "{\"image_url\":{},\"type\":\"text\",\"text\":\"\"}", "{\"image_url\":null,\"type\":\"text\",\"text\":\"\"}"));
    }

    /** Each field of OpenAI's that is not built: a value that asks for something, and one that asks for nothing. */
    static final Map<String, List<String>> UNBUILT = Map.ofEntries(
            Map.entry("audio", List.of("{\"voice\":\"ash\"}", "null")),
            Map.entry("frequency_penalty", List.of("0.1", "0")),
            Map.entry("function_call", List.of("\"auto\"", "\"none\"")),
            Map.entry("functions", List.of("[{\"name\":\"f\"}]", "[]")),
            Map.entry("logit_bias", List.of("{\"1\":5}", "{}")),
            Map.entry("logprobs", List.of("true", "false")),
            Map.entry("modalities", List.of("[\"text\",\"audio\"]", "[\"text\"]")),
            Map.entry("moderation", List.of("{\"model\":\"m\"}", "null")),
            Map.entry("parallel_tool_calls", List.of("false", "true")),
            Map.entry("prediction", List.of("{\"type\":\"content\"}", "null")),
            Map.entry("presence_penalty", List.of("-2", "0.0")),
            Map.entry("prompt_cache_key", List.of("\"k\"", "null")),
            Map.entry("prompt_cache_options", List.of("{}", "null")),
            Map.entry("prompt_cache_retention", List.of("\"24h\"", "null")),
            Map.entry("reasoning_effort", List.of("\"low\"", "null")),
            Map.entry("service_tier", List.of("\"flex\"", "\"auto\"")),
            Map.entry("tool_choice", List.of("{\"type\":\"function\"}", "\"none\"")),
            Map.entry("tools", List.of("[{\"type\":\"function\"}]", "[]")),
            Map.entry("top_logprobs", List.of("2", "0")),
            Map.entry("verbosity", List.of("\"low\"", "\"medium\"")),
            Map.entry("web_search_options", List.of("{}", "null")));

    private static Stream<Arguments> unbuilt() {
        return UNBUILT.entrySet().stream()
                .map(entry -> field("unsupported_parameter", entry.getKey(), entry.getValue().get(0), entry.getValue().get(1)));
    }

    @Test
    void knowsEveryUnbuiltField() {
        assertThat(UNBUILT.keySet()).isEqualTo(OpenAiUnbuilt.FIELDS);
    }

    @Test
    void namesWhatItIgnoresWhereTheTenantChoseSo() {
        // Given
        String asked = UNBUILT.entrySet().stream()
                .map(entry -> ",\"" + entry.getKey() + "\":" + entry.getValue().getFirst())
                .collect(Collectors.joining());
        String body = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"name\":\"a\",\"content\":\"x\"},{\"role\":\"user\",\"name\":\"b\",\"content\":"
                + "[{\"type\":\"text\",\"text\":\"y\",\"prompt_cache_breakpoint\":{}}]}],\"n\":3,\"store\":true,\"stream\":true,"
                + "\"stream_options\":{\"include_obfuscation\":true},\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\"}}"
                + asked + "}";

        // When
        ParsedChat parsed = parser.parse(bytes(body), Unsupported.IGNORE);

        // Then
        assertThat(parsed.ignored())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                UNBUILT.keySet().stream(),
                                Stream.of(
                                        "messages[].name",
                                        "messages[].content[].prompt_cache_breakpoint",
                                        "n",
                                        "store",
                                        "stream_options.include_obfuscation",
                                        "response_format"))
                        .toList());
        assertThat(parsed.request().messages()).containsExactly(Message.text(Role.USER, "x"), Message.text(Role.USER, "y"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"role\":\"tool\",\"content\":\"x\"}",
        "{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{}]}",
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}}]}",
    })
    void neverIgnoresContent(String message) {
        // When
        GatewayError error = refusal(bytes("{\"model\":\"auto\",\"messages\":[" + message + "]}"), Unsupported.IGNORE);

        // Then
        assertThat(error.code()).isEqualTo("unsupported_parameter");
    }

    @Test
    void refusesBodiesOverTheLimitAndTakesOneAtIt() {
        // Given
        byte[] frame = bytes(valid(",\"user\":null"));
        byte[] atLimit = bytes(valid(" ".repeat(Limits.BODY_BYTES - frame.length) + ",\"user\":null"));
        byte[] over = bytes(valid(" ".repeat(Limits.BODY_BYTES - frame.length + 1) + ",\"user\":null"));

        // When
        GatewayError error = refusal(over, Unsupported.REFUSE);
        ChatRequest request = parser.parse(atLimit);

        // Then
        assertThat(error).isEqualTo(new GatewayError.TooLarge(Limits.BODY_BYTES));
        assertThat(request.model()).isEqualTo("auto");
    }

    @Test
    void takesOneStringAsLongAsTheBody() {
        // Given
        String frame = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}";
        String text = "x".repeat(Limits.BODY_BYTES - frame.length());

        // When
        ChatRequest request = parser.parse(bytes(frame.replace("\"\"", "\"" + text + "\"")));

        // Then
        assertThat(request.messages().getFirst().text()).isEqualTo(text);
    }

    @Test
    void quotesNoValueInAnyRefusal() {
        // Given a canary in every place a value can stand
        String canary = "canary-7f3a";
        List<String> bodies = refusalsWithTheirTwins()
                .map(row -> (String) row.get()[2])
                .map(body -> body.replaceAll("\"x\"(?!:)", "\"" + canary + "\""))
                .filter(body -> body.contains(canary))
                .toList();
        for (String body : bodies) {

            // When
            Refusal refusal = catchThrowableOfType(Refusal.class, () -> parser.parse(bytes(body)));

            // Then
            if (refusal != null) {
                assertThat(refusal.error().message()).doesNotContain(canary);
                assertThat(refusal.error().param() + refusal.getMessage()).doesNotContain(canary);
            }
        }
        assertThat(bodies).hasSizeGreaterThan(80);
    }

    @Test
    void repeatsLittleOfANameThatIsNotOurs() {
        // When
        GatewayError error = refusal(bytes(valid(",\"" + "z".repeat(900) + "\":1")), Unsupported.REFUSE);

        // Then
        assertThat(error.param()).isEqualTo("z".repeat(64));
    }

    private GatewayError refusal(byte[] body, Unsupported unsupported) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> parser.parse(body, unsupported));
        assertThat(refusal).as(() -> "accepted: " + new String(body, 0, Math.min(300, body.length), StandardCharsets.UTF_8)).isNotNull();
        return refusal.error();
    }

    static String valid(String more) {
        return "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]" + more + "}";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Arguments row(String code, String param, String refused, String accepted) {
        return Arguments.of(code, param, refused, accepted);
    }

    private static Arguments field(String code, String name, String refused, String accepted) {
        String twin = accepted == null ? valid("") : with(name, accepted);
        return row(code, name, with(name, refused), twin);
    }

    private static String with(String name, String value) {
        return name.equals("model") ? valid("").replace("\"auto\"", value) : valid(",\"" + name + "\":" + value);
    }

    private static Arguments message(String code, String param, String refused, String accepted) {
        return row(code, param, "{\"model\":\"auto\",\"messages\":" + refused + "}", "{\"model\":\"auto\",\"messages\":" + accepted + "}");
    }

    private static Arguments one(String code, String param, String refused, String accepted) {
        return message(code, param, "[" + refused + "]", "[" + accepted + "]");
    }

    private static Arguments part(String code, String param, String refused, String accepted) {
        String frame = "{\"role\":\"user\",\"content\":%s}";
        return one(code, param, frame.formatted(array(refused)), frame.formatted(array(accepted)));
    }

    private static String array(String elements) {
        return elements.startsWith("[") ? elements : "[" + elements + "]";
    }

    private static String text(String text) {
        return "{\"type\":\"text\",\"text\":\"" + text + "\"}";
    }

    private static String streaming(String options) {
        return valid(",\"stream\":true,\"stream_options\":{" + options + "}");
    }

    private static String many(int count, String element) {
        return IntStream.range(0, count).mapToObj(i -> element).collect(Collectors.joining(",", "[", "]"));
    }

    private static String pairs(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":\"v\"").collect(Collectors.joining(",", "{", "}"));
    }
}
