package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Limits;
import io.weir.tenancy.Unsupported;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies meant to confuse: each is refused with 400 or 413, and its twin, which differs in one thing, is read. */
class AttackTableTest {

    private static final String BODY = OpenAiChatParserTest.valid("");

    private final OpenAiChatParser parser = new OpenAiChatParser();

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void refusesTheAttackAndReadsItsTwin(String name, int status, byte[] attack, byte[] twin) {
        // When
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> parser.parse(attack));
        ChatRequest request = parser.parse(twin);

        // Then
        assertThat(refusal.error().status()).isEqualTo(status);
        assertThat(request.model()).isEqualTo("auto");
    }

    static Stream<Arguments> table() {
        return Stream.of(
                row("duplicate key", text(OpenAiChatParserTest.valid(",\"model\":\"x\"")), text(OpenAiChatParserTest.valid(",\"user\":\"x\""))),
                row("duplicate key, spelt by an escape", text(OpenAiChatParserTest.valid(",\"mod\\u0065l\":\"x\"")), text(BODY.replace("model", "mod\\u0065l"))),
                row("trailing object", text(BODY + "{\"b\":2}"), text(BODY + "\n")),
                row("UTF-16 with mark", BODY.getBytes(StandardCharsets.UTF_16), text(BODY)),
                row("UTF-16LE", BODY.getBytes(StandardCharsets.UTF_16LE), text(BODY)),
                row("UTF-16BE", BODY.getBytes(StandardCharsets.UTF_16BE), text(BODY)),
                row("UTF-32", BODY.getBytes(Charset.forName("UTF-32BE")), text(BODY)),
                row("byte order mark", around("EFBBBF", 0), text(BODY)),
                row("overlong C0 AE", inContent("C0AE"), inContent("2E")),
                row("surrogate in bytes", inContent("EDA080"), inContent("ED9FBF")),
                row("lone escaped surrogate", text(BODY.replace("\"x\"", "\"\\ud800\"")), text(BODY.replace("\"x\"", "\"\\ud800\\udc00\""))),
                row("FF FE", inContent("FFFE"), inContent("C3BE")),
                row("NUL", inContent("00"), text(BODY.replace("\"x\"", "\"\\u0000\""))),
                row("nest 100 000", nested(100_000), nested(0)),
                row("nest 900", nested(900), nested(0)),
                row("2000 digits", seed("1".repeat(2000)), seed("1".repeat(18))),
                row("2000 digits of a fraction", temperature("0." + "1".repeat(2000)), temperature("0." + "1".repeat(60))),
                row("exponent of a million", temperature("1e1000000"), temperature("1e-1000000")),
                row("empty", new byte[0], text(BODY)),
                row("white space alone", text("  \n"), text(BODY)),
                Arguments.of("11 MB", 413, text(" ".repeat(11_000_000)), text(BODY)));
    }

    @Test
    void readsWhatNestsToTheLimitAndNoDeeper() {
        // Given a field that is known and skipped: the object, then n arrays
        byte[] deepest = nestedTools(Limits.JSON_DEPTH - 1);
        byte[] tooDeep = nestedTools(Limits.JSON_DEPTH);

        // When
        ParsedChat parsed = parser.parse(deepest, Unsupported.IGNORE);
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> parser.parse(tooDeep, Unsupported.IGNORE));

        // Then
        assertThat(parsed.ignored()).containsExactly("tools");
        assertThat(refusal.error().code()).isEqualTo("invalid_json");
    }

    @Test
    void answersEveryMutationOfABodyWithARequestOrARefusal() {
        // Given
        byte[] seed = OpenAiChatParserTest.bytes(BODY.substring(0, BODY.length() - 1)
                + ",\"temperature\":0.5,\"stop\":[\"a\\u00e9\\ud83d\\ude00\",\"é😀\"],\"metadata\":{\"k\":\"v\"},\"tools\":[{\"a\":[1,{}]}],"
                + "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"seed\":-12,\"max_tokens\":5,\"n\":1,\"logprobs\":false}");
        Random random = new Random(20261122);
        int read = 0;
        int refused = 0;
        for (int run = 0; run < 100_000; run++) {
            byte[] body = mutated(seed, random);

            // When
            GatewayError error = null;
            try {
                parser.parse(body, random.nextBoolean() ? Unsupported.IGNORE : Unsupported.REFUSE);
                read++;
            } catch (Refusal refusal) {
                error = refusal.error();
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("run " + run + ": " + HexFormat.of().formatHex(body), other);
            }

            // Then
            assertThat(error == null || error.status() == 400).isTrue();
        }
        assertThat(read).isGreaterThan(2_000);
        assertThat(refused).isGreaterThan(60_000);
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] body = seed.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(body.length);
            int pick = random.nextInt(6);
            body = switch (pick) {
                case 0 -> spliced(body, at, at + 1, new byte[] {(byte) random.nextInt(256)});
                case 1 -> spliced(body, at, at + 1, new byte[] {(byte) "{}[]\",:\\ut0 1-.e".charAt(random.nextInt(16))});
                case 2 -> spliced(body, at, Math.min(body.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 3 -> spliced(body, at, at, slice(seed, random));
                case 4 -> body[at] >= 'a' && body[at] <= 'z' ? spliced(body, at, at + 1, new byte[] {(byte) ('a' + random.nextInt(26))}) : body;
                default -> random.nextInt(20) == 0 ? spliced(body, at, body.length, new byte[] {'}'}) : spliced(body, at, at, new byte[] {' '});
            };
        }
        return body;
    }

    private static byte[] slice(byte[] seed, Random random) {
        int from = random.nextInt(seed.length);
        return java.util.Arrays.copyOfRange(seed, from, Math.min(seed.length, from + 1 + random.nextInt(24)));
    }

    private static byte[] spliced(byte[] body, int from, int to, byte[] middle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, from);
        out.writeBytes(middle);
        out.write(body, to, body.length - to);
        return out.toByteArray();
    }

    private static Arguments row(String name, byte[] attack, byte[] twin) {
        return Arguments.of(name, 400, attack, twin);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] inContent(String hex) {
        return around(hex, BODY.indexOf("\"x\"") + 1);
    }

    private static byte[] around(String hex, int at) {
        return spliced(text(BODY), at, at, HexFormat.of().parseHex(hex));
    }

    private static byte[] seed(String number) {
        return text(OpenAiChatParserTest.valid(",\"seed\":" + number));
    }

    private static byte[] temperature(String number) {
        return text(OpenAiChatParserTest.valid(",\"temperature\":" + number));
    }

    private static byte[] nested(int depth) {
        return text(OpenAiChatParserTest.valid(",\"tools\":[" + "[".repeat(depth) + "]".repeat(depth) + "]"));
    }

    private static byte[] nestedTools(int arrays) {
        return text(OpenAiChatParserTest.valid(",\"tools\":" + "[".repeat(arrays) + "]".repeat(arrays)));
    }
}
