package io.weir.blackbox.bedrock;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The simulator's own notion of tokens: white space before a word belongs to it, and each four UTF-8 bytes of a word begin another piece,
 * never inside a code point. The pieces of a text concatenate to that text. It deliberately shares nothing with the gateway's estimates.
 */
final class Pieces implements Iterator<String> {

    private static final int MAX_BYTES = 4;

    private final String text;
    private int position;

    Pieces(String text) {
        this.text = text;
    }

    /** How many pieces the text has; 0 for the empty text. */
    static long count(String text) {
        Pieces pieces = new Pieces(text);
        long count = 0;
        while (pieces.hasNext()) {
            pieces.position = pieces.end();
            count++;
        }
        return count;
    }

    @Override
    public boolean hasNext() {
        return position < text.length();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int end = end();
        String piece = text.substring(position, end);
        position = end;
        return piece;
    }

    private int end() {
        int at = position;
        while (at < text.length() && Character.isWhitespace(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        int bytes = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            int size = utf8Size(codePoint);
            if (Character.isWhitespace(codePoint) || bytes + size > MAX_BYTES) {
                break;
            }
            bytes += size;
            at += Character.charCount(codePoint);
        }
        return at;
    }

    private static int utf8Size(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
