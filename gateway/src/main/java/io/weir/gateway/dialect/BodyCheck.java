package io.weir.gateway.dialect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a body's bytes before any parser does: strict UTF-8 (Unicode 16, table 3-7) without a byte order mark or NUL, and no {@code \\u}
 * escape of half a surrogate pair. So every text a parser takes from it is well-formed Unicode, and no parser can guess another encoding.
 *
 * <p>Escapes are followed without knowing where strings begin: outside of them a backslash is an error that the parser finds.
 */
final class BodyCheck {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long BACKSLASHES = 0x5C5C_5C5C_5C5C_5C5CL;

    /** Positions are never negative: what is returned instead of the next one says what was wrong. */
    private static final int BAD_ENCODING = -1;

    private static final int HALF_PAIR = -2;

    private BodyCheck() {}

    /** What is wrong, for people; null when nothing is. */
    static @Nullable String problem(byte[] body) {
        if (body.length == 0) {
            return "The body is empty. Send a JSON object.";
        }
        if (body.length >= 3 && (body[0] & 0xFF) == 0xEF && (body[1] & 0xFF) == 0xBB && (body[2] & 0xFF) == 0xBF) {
            return "The body begins with a byte order mark. Send plain UTF-8.";
        }
        int at = 0;
        while (at < body.length) {
            at = skipPlain(body, at);
            if (at == body.length) {
                break;
            }
            at = next(body, at);
            if (at == BAD_ENCODING) {
                return "The body is not valid UTF-8.";
            }
            if (at == HALF_PAIR) {
                return "The body has a \\u escape of half a surrogate pair.";
            }
        }
        return null;
    }

    /** Passes over bytes that need no second look, eight at a time. */
    private static int skipPlain(byte[] body, int from) {
        int at = from;
        while (at <= body.length - Long.BYTES) {
            long word = (long) LONGS.get(body, at);
            long slashes = word ^ BACKSLASHES;
            long marks = word | ((word - LOW_BITS) & ~word) | ((slashes - LOW_BITS) & ~slashes);
            if ((marks & HIGH_BITS) != 0) {
                break;
            }
            at += Long.BYTES;
        }
        while (at < body.length && body[at] > 0 && body[at] != '\\') {
            at++;
        }
        return at;
    }

    private static int next(byte[] body, int at) {
        return body[at] == '\\' ? escape(body, at) : sequence(body, at);
    }

    private static int escape(byte[] body, int at) {
        if (at + 1 >= body.length || body[at + 1] != 'u') {
            return Math.min(at + 2, body.length);
        }
        int unit = hex(body, at + 2);
        if (unit < 0) {
            return at + 2;
        }
        if (!Character.isSurrogate((char) unit)) {
            return at + 6;
        }
        boolean escaped = at + 7 < body.length && body[at + 6] == '\\' && body[at + 7] == 'u';
        int second = escaped ? hex(body, at + 8) : BAD_ENCODING;
        boolean pair = second >= 0 && Character.isSurrogatePair((char) unit, (char) second);
        return pair ? at + 12 : HALF_PAIR;
    }

    private static int hex(byte[] body, int at) {
        if (at + 4 > body.length) {
            return BAD_ENCODING;
        }
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = body[i] < 0 ? -1 : Character.digit(body[i], 16);
            if (digit < 0) {
                return BAD_ENCODING;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** A character of two to four bytes; a NUL is none. */
    private static int sequence(byte[] body, int at) {
        int first = body[at] & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return BAD_ENCODING;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (at + length > body.length) {
            return BAD_ENCODING;
        }
        int second = body[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return BAD_ENCODING;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((body[i] & 0xC0) != 0x80) {
                return BAD_ENCODING;
            }
        }
        return at + length;
    }
}
