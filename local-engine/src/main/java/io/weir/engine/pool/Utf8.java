package io.weir.engine.pool;

/**
 * Strict UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. JSON parsers are laxer, and what is passed on
 * must be encodable again.
 */
final class Utf8 {

    private Utf8() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int lead = bytes[at];
            if (lead >= 0) {
                at++;
                continue;
            }
            int length = length(lead & 0xFF);
            if (length == 0 || at + length > to || !isSequence(bytes, at, length)) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Whether every surrogate in a string is one of a pair: JSON escapes can spell lone ones. */
    static boolean isPaired(String text) {
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            if (Character.isLowSurrogate(unit) || at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))) {
                return false;
            }
            at++;
        }
        return true;
    }

    private static int length(int lead) {
        if (lead >= 0xC2 && lead <= 0xDF) {
            return 2;
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            return 3;
        }
        return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    }

    private static boolean isSequence(byte[] bytes, int at, int length) {
        int lead = bytes[at] & 0xFF;
        int second = bytes[at + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return false;
        }
        for (int next = at + 2; next < at + length; next++) {
            if ((bytes[next] & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
