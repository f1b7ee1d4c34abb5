package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {

    private static final int[] EDGES = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};

    private final CharsetDecoder judge = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(8);
    private int valid;

    /** The JDK's decoder is the judge. */
    @Test
    void agreesWithTheJdkOnEveryPairAndOnTheEdgesOfLongerSequences() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                compare(first, second);
            }
        }
        for (int first : EDGES) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    compare(first, second, third);
                    for (int fourth : EDGES) {
                        compare(first, second, third, fourth);
                    }
                }
            }
        }
        assertThat(valid).isGreaterThan(128 * 128);
    }

    private void compare(int... units) {
        byte[] bytes = new byte[units.length];
        for (int at = 0; at < units.length; at++) {
            bytes[at] = (byte) units[at];
        }
        boolean expected = !judge.reset().decode(ByteBuffer.wrap(bytes), decoded.clear(), true).isError()
                && !judge.flush(decoded).isError();
        valid += expected ? 1 : 0;
        if (Utf8.isValid(bytes, 0, bytes.length) != expected) {
            assertThat(bytes).as("valid by the JDK: %s", expected).isEmpty();
        }
    }
}
