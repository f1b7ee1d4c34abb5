package io.weir.engine.pool;

import java.io.IOException;
import java.util.Arrays;

/**
 * Takes a stream of server-sent events apart, whatever pieces it comes in (WHATWG HTML, 9.2.6 "Interpreting an event stream"): lines end in
 * CRLF, LF or CR, lines that start with a colon are comments, data lines of one event are joined by LF. Departs from it twice: an event
 * that the end of the stream cuts off before its blank line still counts, and a line or event above the bound is an error. Not thread-safe.
 */
final class SseParser {

    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int SMALL = 512;

    /** Takes the events. The bytes are only good during the call. */
    interface Sink {

        /** One event's data. */
        void data(byte[] bytes, int length) throws IOException;

        /** A line {@code error: ...}: how llama-server once said that it failed in the middle. */
        void error();
    }

    private final Sink sink;
    private final int bound;
    private byte[] line = new byte[SMALL];
    private int lineLength;
    private byte[] event = new byte[SMALL];
    private int eventLength;
    private boolean hasData;
    private boolean afterCarriageReturn;
    private boolean firstLine = true;

    SseParser(Sink sink, int bound) {
        this.sink = sink;
        this.bound = bound;
    }

    void feed(byte[] bytes) throws IOException {
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            byte unit = bytes[at];
            if (unit == '\n' && afterCarriageReturn) {
                afterCarriageReturn = false;
                start = at + 1;
            } else if (unit == '\n' || unit == '\r') {
                append(bytes, start, at);
                endLine();
                afterCarriageReturn = unit == '\r';
                start = at + 1;
            } else {
                afterCarriageReturn = false;
            }
        }
        append(bytes, start, bytes.length);
    }

    /** The stream is over. */
    void finish() throws IOException {
        if (lineLength > 0) {
            endLine();
        }
        endEvent();
    }

    private void append(byte[] bytes, int from, int to) throws MalformedException {
        int length = to - from;
        if (length > bound - lineLength) {
            throw new MalformedException();
        }
        line = withRoom(line, lineLength + length);
        System.arraycopy(bytes, from, line, lineLength, length);
        lineLength += length;
    }

    private void endLine() throws IOException {
        int from = 0;
        if (firstLine) {
            firstLine = false;
            from = startsWith(BYTE_ORDER_MARK, 0) ? BYTE_ORDER_MARK.length : 0;
        }
        int length = lineLength;
        if (length == from) {
            lineLength = 0;
            endEvent();
            return;
        }
        if (isField(DATA, from)) {
            addData(valueStart(from + DATA.length), length);
        } else if (isField(ERROR, from)) {
            sink.error();
        }
        lineLength = 0;
    }

    private void addData(int from, int to) throws MalformedException {
        int length = to - from + (hasData ? 1 : 0);
        if (length > bound - eventLength) {
            throw new MalformedException();
        }
        event = withRoom(event, eventLength + length);
        if (hasData) {
            event[eventLength++] = '\n';
        }
        System.arraycopy(line, from, event, eventLength, to - from);
        eventLength += to - from;
        hasData = true;
    }

    private void endEvent() throws IOException {
        int length = eventLength;
        eventLength = 0;
        hasData = false;
        if (length > 0) {
            sink.data(event, length);
        }
    }

    private boolean isField(byte[] name, int from) {
        int end = from + name.length;
        return startsWith(name, from) && (end == lineLength || line[end] == ':');
    }

    private boolean startsWith(byte[] prefix, int from) {
        int end = from + prefix.length;
        return end <= lineLength && Arrays.equals(line, from, end, prefix, 0, prefix.length);
    }

    private int valueStart(int colon) {
        int start = Math.min(colon + 1, lineLength);
        return start < lineLength && line[start] == ' ' ? start + 1 : start;
    }

    private static byte[] withRoom(byte[] bytes, int length) {
        return length <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.max(length, bytes.length * 2));
    }
}
