package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.OnPremRig;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.Wire;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the endpoint does not take: each refusal beside a twin that differs in that one thing and is served. The inputs are those of the attack
 * table that a scorer and an engine could read differently.
 */
@ExtendWith(Rigs.class)
class StrictnessTest {

    private static final String HI = "{\"model\":\"auto\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final int BODY_LIMIT = 2 * 1024 * 1024;

    private final OnPremRig rig;
    private final Admin.Made tenant;
    private final Caller caller;

    StrictnessTest(OnPremRig rig) {
        this.rig = rig;
        this.tenant = rig.weir().admin().tenant("strict");
        this.caller = tenant.caller();
    }

    private static String with(String field) {
        return HI.replace("{\"model\"", "{" + field + ",\"model\"");
    }

    private static String saying(String content) {
        return HI.replace("\"hi\"", content);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The content's text replaced by raw bytes. */
    private static byte[] raw(String hex) {
        String[] around = HI.split("hi", 2);
        byte[] middle = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[around[0].length() + middle.length + around[1].length()];
        System.arraycopy(utf8(around[0]), 0, bytes, 0, around[0].length());
        System.arraycopy(middle, 0, bytes, around[0].length(), middle.length);
        System.arraycopy(utf8(around[1]), 0, bytes, around[0].length() + middle.length, around[1].length());
        return bytes;
    }

    private static Arguments json(String name, String bad, String twin) {
        return json(name, utf8(bad), utf8(twin));
    }

    private static Arguments json(String name, byte[] bad, byte[] twin) {
        return Arguments.of(name, bad, "invalid_json", "", twin);
    }

    private static Arguments field(String code, String param, String bad, String twin) {
        return Arguments.of(code + " " + param, utf8(bad), code, param, utf8(twin));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                json("a key twice", with("\"model\":\"auto\""), HI),
                json("a key twice, further in", HI.replace("\"role\"", "\"role\":\"user\",\"role\""), HI),
                json("a key twice, once escaped", with("\"mod\\u0065l\":\"auto\""), HI),
                json("an object after the object", HI + "{\"b\":2}", HI + " \r\n\t"),
                json("a word after the object", HI + "x", HI),
                json("UTF-8: bytes that are none", raw("fffe"), raw("c3bfc3be")),
                json("UTF-8: an overlong slash", raw("c0ae"), raw("2e")),
                json("UTF-8: half a pair", raw("eda080"), raw("ed9fbf")),
                json("UTF-8: cut short", raw("e282"), raw("e282ac")),
                json("a byte order mark", utf8("\ufeff" + HI), utf8(HI)),
                json("UTF-16", HI.getBytes(Charset.forName("UTF-16LE")), utf8(HI)),
                json("an escape of half a pair", saying("\"\\ud83d\""), saying("\"\\ud83d\\ude00\"")),
                json("900 levels", with("\"tools\":" + "[".repeat(900) + "]".repeat(900)), with("\"tools\":[]")),
                json("a number of 2,000 digits", with("\"seed\":" + "7".repeat(2000)), with("\"seed\":7")),
                json("a number that is none", with("\"temperature\":NaN"), with("\"temperature\":0")),
                json("a comment", with("/* model */\"user\":\"u\""), with("\"user\":\"u\"")),
                json("single quotes", HI.replace('"', '\''), HI),
                json("an unfinished object", HI.substring(0, HI.length() - 1), HI),
                json("an array", "[" + HI + "]", HI),
                json("nothing", "", HI),
                json("null", "null", HI));
    }

    static Stream<Arguments> refusedFields() {
        return Stream.of(
                field("unknown_parameter", "modle", with("\"modle\":\"auto\""), with("\"user\":\"auto\"")),
                field("unknown_parameter", "messages[0].contents", HI.replace("\"content\"", "\"contents\""), HI),
                field("unknown_parameter", "stream_options.usage", with("\"stream\":true,\"stream_options\":{\"usage\":true}"),
                        with("\"stream\":true,\"stream_options\":{\"include_usage\":true}")),
                field("unsupported_parameter", "logprobs", with("\"logprobs\":true"), with("\"logprobs\":false")),
                field("unsupported_parameter", "n", with("\"n\":2"), with("\"n\":1")),
                field("unsupported_parameter", "store", with("\"store\":true"), with("\"store\":false")),
                field("unsupported_parameter", "response_format", with("\"response_format\":{\"type\":\"json_object\"}"),
                        with("\"response_format\":{\"type\":\"text\"}")),
                field("unsupported_parameter", "tools",
                        with("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"), with("\"tools\":[]")),
                field("unsupported_parameter", "presence_penalty", with("\"presence_penalty\":0.5"), with("\"presence_penalty\":0")),
                field("unsupported_parameter", "messages[0].content[0].type",
                        saying("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://169.254.169.254/\"}}]"),
                        saying("[{\"type\":\"text\",\"text\":\"hi\"}]")),
                field("invalid_value", "max_tokens", with("\"max_completion_tokens\":1"),
                        HI.replace("max_tokens", "max_completion_tokens")),
                field("invalid_value", "max_tokens", HI.replace(":1,", ":0,"), HI),
                field("invalid_type", "max_tokens", HI.replace(":1,", ":\"1\","), HI),
                field("invalid_type", "max_tokens", HI.replace(":1,", ":1.0,"), HI),
                field("invalid_value", "temperature", with("\"temperature\":2.001"), with("\"temperature\":2")),
                field("invalid_value", "top_p", with("\"top_p\":0"), with("\"top_p\":0.001")),
                field("invalid_type", "stream", with("\"stream\":\"true\""), with("\"stream\":true")),
                field("invalid_value", "stream_options", with("\"stream_options\":{\"include_usage\":true}"),
                        with("\"stream\":true,\"stream_options\":{\"include_usage\":true}")),
                field("invalid_value", "stop[4]", with("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\"]"),
                        with("\"stop\":[\"1\",\"2\",\"3\",\"4\"]")),
                field("missing_required_parameter", "model", HI.replace("\"model\":\"auto\",", ""), HI),
                field("missing_required_parameter", "messages", "{\"model\":\"auto\",\"max_tokens\":1}", HI),
                field("invalid_value", "messages", HI.replaceFirst("\\[.*]", "[]"), HI),
                field("invalid_type", "metadata", with("\"metadata\":{\"a\":1}"), with("\"metadata\":{\"a\":\"1\"}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void whatIsNotOneWellFormedObjectIsRefused(String name, byte[] bad, String code, String param, byte[] twin) {
        refusesAndServes(bad, code, param, twin);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedFields")
    void aFieldThatCannotBeHonouredIsNamed(String name, byte[] bad, String code, String param, byte[] twin) {
        refusesAndServes(bad, code, param, twin);
    }

    private void refusesAndServes(byte[] bad, String code, String param, byte[] twin) {
        // When
        Reply refused = post("/v1/chat/completions", bad, "application/json");
        Reply unexplained = post("/v1/route/explain", bad, "application/json");
        Reply served = post("/v1/chat/completions", twin, "application/json");

        // Then
        Schemas.checkError(refused, 400, code);
        assertThat(refused.json().path("error").path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused.body()).as("nothing of the body comes back").doesNotContain("169.254", "\\ud83d");
        assertThat(unexplained.body()).isEqualTo(refused.body());
        assertThat(served.status()).as(served.toString()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contentTypes")
    void theBodysTypeMustBeJson(String type, boolean taken) {
        // When
        Reply reply = post("/v1/chat/completions", utf8(HI), type);

        // Then
        if (taken) {
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        } else {
            Schemas.checkError(reply, 415, "unsupported_media_type");
        }
    }

    static Stream<Arguments> contentTypes() {
        return Stream.of(
                Arguments.of("application/json", true),
                Arguments.of("application/json; charset=utf-8", true),
                Arguments.of("Application/JSON", true),
                Arguments.of("text/plain", false),
                Arguments.of("application/jsonp", false),
                Arguments.of("application/x-www-form-urlencoded", false),
                Arguments.of("", false));
    }

    @Test
    void aFieldThatIsNotBuiltIsIgnoredAndNamedWhereTheTenantChoseLeniency() {
        // Given
        Caller lenient = rig.weir().admin().lenientTenant("lenient").caller();

        // When
        Reply ignored = lenient.post("/v1/chat/completions", with("\"logprobs\":true"));
        Reply plain = lenient.post("/v1/chat/completions", with("\"logprobs\":false"));
        Reply unknown = lenient.post("/v1/chat/completions", with("\"modle\":true"));

        // Then
        assertThat(ignored.status()).as(ignored.body()).isEqualTo(200);
        assertThat(ignored.header("x-weir-ignored")).isEqualTo("logprobs");
        assertThat(plain.headers().firstValue("x-weir-ignored")).isEmpty();
        assertThat(unknown.code()).isEqualTo("unknown_parameter");
    }

    @Test
    void aCompressedBodyIsRefused() {
        // When
        Reply refused = caller.http().send(caller.request("/v1/chat/completions").header("content-type", "application/json")
                .header("content-encoding", "gzip").POST(BodyPublishers.ofString(HI)));

        // Then
        Schemas.checkError(refused, 415, "unsupported_media_type");
    }

    @Test
    void aBodyAboveTheLimitIsRefusedBeforeItIsSent() {
        // Given
        String padded = HI + " ".repeat(BODY_LIMIT - HI.length());
        try (Wire wire = Wire.to(caller.endpoint())) {

            // When
            wire.head("POST /v1/chat/completions HTTP/1.1", caller, List.of("content-length: " + (BODY_LIMIT + 1)));

            // Then
            assertThat(wire.status()).as("answered without a byte of the body").isEqualTo(413);
            wire.awaitText("request_too_large", 1);
        }
        assertThat(post("/v1/chat/completions", utf8(padded), "application/json").status()).isEqualTo(200);
        Schemas.checkError(post("/v1/chat/completions", utf8(padded + " "), "application/json"), 413, "request_too_large");
    }

    @Test
    void aChunkedBodyAboveTheLimitIsRefusedToo() {
        // Given
        byte[] padded = utf8(HI + " ".repeat(BODY_LIMIT - HI.length()));

        // When
        Reply served = chunked(padded);
        try (Wire wire = Wire.to(caller.endpoint())) {
            wire.head("POST /v1/chat/completions HTTP/1.1", caller, List.of("transfer-encoding: chunked"));
            String chunk = Integer.toHexString(BODY_LIMIT + 1) + "\r\n" + HI + " ".repeat(BODY_LIMIT + 1 - HI.length()) + "\r\n0\r\n\r\n";
            wire.write(chunk);

            // Then
            assertThat(wire.status()).isEqualTo(413);
        }
        assertThat(served.status()).as(served.toString()).isEqualTo(200);
    }

    @Test
    void refusalsCostNothing() {
        // Given
        post("/v1/chat/completions", utf8(with("\"n\":2")), "application/json");
        post("/v1/chat/completions", utf8(HI + "x"), "application/json");

        // When
        String served = post("/v1/chat/completions", utf8(HI), "application/json").requestId();

        // Then
        caller.settled(served);
        try (LedgerView ledger = rig.weir().ledger()) {
            assertThat(ledger.ofTenant(tenant.id())).singleElement()
                    .satisfies(entry -> assertThat(entry.request()).isEqualTo(served));
            assertThat(ledger.openIntents(tenant.id())).isZero();
        }
    }

    @Test
    void pathsAndMethodsThatAreNotThereAreErrorsOfTheSameForm() {
        // When
        Reply noPath = caller.get("/v1/nothing");
        Reply noMethod = caller.get("/v1/chat/completions");

        // Then
        Schemas.checkError(noPath, 404, "not_found");
        Schemas.checkError(noMethod, 405, "method_not_allowed");
    }

    private Reply chunked(byte[] body) {
        return caller.http().send(caller.request("/v1/chat/completions").header("content-type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
    }

    private Reply post(String path, byte[] body, String type) {
        HttpRequest.Builder request = caller.request(path).POST(BodyPublishers.ofByteArray(body));
        return caller.http().send(type.isEmpty() ? request : request.header("content-type", type));
    }
}
