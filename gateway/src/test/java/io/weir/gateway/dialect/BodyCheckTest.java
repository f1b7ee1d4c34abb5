package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyCheckTest {

    @ParameterizedTest
    @CsvSource({
        "7F, true", "C280, true", "C1BF, false", "DFBF, true", "C2, false", "80, false",
        "E0A080, true", "E09FBF, false", "ED9FBF, true", "EDA080, false", "EE8080, true", "EFBFBF, true", "E282, false",
        "F0908080, true", "F08FBFBF, false", "F48FBFBF, true", "F4908080, false", "F5808080, false", "F09080, false",
        "C0AE, false", "FFFE, false", "EFBBBF, false", "61EFBBBF, true", "00, false",
    })
    void acceptsExactlyStrictUtf8(String hex, boolean accepted) {
        // Given bytes at every offset from a multiple of eight; a byte order mark is one at the beginning alone
        byte[] sequence = HexFormat.of().parseHex(hex);
        for (int padding = hex.startsWith("EFBBBF") ? 0 : 9; padding >= 0; padding--) {
            byte[] body = new byte[padding + sequence.length];
            Arrays.fill(body, (byte) 'a');
            System.arraycopy(sequence, 0, body, padding, sequence.length);

            // When
            String problem = BodyCheck.problem(body);

            // Then
            assertThat(problem == null).as("%s behind %d bytes: %s", hex, padding, problem).isEqualTo(accepted);
        }
    }

    @Test
    void agreesWithTheJdksDecoderOnRandomBytes() {
        // Given short bodies, dense in lead and continuation bytes, free of what only JSON forbids
        Random random = new Random(42);
        int accepted = 0;
        for (int run = 0; run < 200_000; run++) {
            byte[] body = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < body.length; i++) {
                int pick = random.nextInt(4);
                body[i] = (byte) (pick == 0 ? 'x' : pick == 1 ? 0xC0 + random.nextInt(64) : 0x80 + random.nextInt(64));
            }
            if (body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF) {
                continue;
            }

            // When
            boolean ours = BodyCheck.problem(body) == null;

            // Then
            assertThat(ours).as(HexFormat.of().formatHex(body)).isEqualTo(jdkAccepts(body));
            accepted += ours ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "\\ud83d\\ude00, true", "\\uD83D\\uDE00, true", "\\ud800, false", "\\udc00, false", "\\ud83dx, false",
        "\\ud83d\\n, false", "\\ud83d\\u0041, false", "\\ud83d\\ud83d\\ude00, false", "\\ude00\\ud83d, false",
        "\\\\ud800, true", "\\\\\\ud800, false", "\\u0041, true", "\\ud7ff, true", "\\ue000, true", "\\ud83d\\ude0, false",
    })
    void acceptsEscapedSurrogatesOnlyInPairs(String escapes, boolean accepted) {
        // When
        String problem = BodyCheck.problem(("{\"a\":\"" + escapes + "\"}").getBytes(StandardCharsets.US_ASCII));

        // Then
        assertThat(problem == null).as("%s", problem).isEqualTo(accepted);
    }

    private static boolean jdkAccepts(byte[] body) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
