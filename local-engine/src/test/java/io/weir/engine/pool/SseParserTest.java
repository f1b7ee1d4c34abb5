package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {

    private static List<String> parse(int step, String stream) throws IOException {
        List<String> events = new ArrayList<>();
        SseParser parser = new SseParser(
                new SseParser.Sink() {
                    @Override
                    public void data(byte[] bytes, int length) {
                        events.add(new String(bytes, 0, length, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void error() {
                        events.add("ERROR");
                    }
                },
                100);
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += step) {
            parser.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
        }
        parser.finish();
        return events;
    }

    private static void assertEvents(String stream, String... events) throws IOException {
        for (int step = 1; step <= stream.length() + 1; step++) {
            assertThat(parse(step, stream)).as("in steps of %d", step).containsExactly(events);
        }
    }

    @Test
    void takesEveryLineEnd() throws IOException {
        assertEvents("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\r\n\n", "a", "b", "c", "d");
    }

    @Test
    void joinsTheLinesOfOneEvent() throws IOException {
        assertEvents("data: a\ndata:  b\ndata:c\ndata\n\n", "a\n b\nc\n");
    }

    @Test
    void skipsCommentsOtherFieldsAndEventsWithoutData() throws IOException {
        assertEvents(": hello\nevent: x\nid: 7\nretry: 5\ndatum: z\ndataset: q\n\n\n\ndata: a\n:\ndata: b\n\n:\n\n", "a\nb");
    }

    @Test
    void takesAnEventThatTheEndCutsOff() throws IOException {
        assertEvents("data: a\n\ndata: b\n", "a", "b");
        assertEvents("data: a\n\ndata: b", "a", "b");
        assertEvents("data: b\r", "b");
    }

    @Test
    void skipsAByteOrderMarkAtTheStartAlone() throws IOException {
        assertEvents("\ufeffdata: a\n\n\ufeffdata: b\n\n", "a");
        assertEvents("\ufeff\ndata: a\n\n", "a");
    }

    @Test
    void reportsAnErrorLine() throws IOException {
        assertEvents("data: a\n\nerror: {}\n\n", "a", "ERROR");
    }

    @Test
    void boundsLinesAndEvents() throws IOException {
        assertThat(parse(7, "data: " + "x".repeat(94) + "\n\n")).containsExactly("x".repeat(94));
        for (int step : List.of(1, 7, 1_000)) {
            assertThatThrownBy(() -> parse(step, "data: " + "x".repeat(95) + "\n\n")).isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> parse(step, "data: xxxxxxxxxxxxxxxx\n".repeat(6))).isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> parse(step, ": " + "x".repeat(99))).isInstanceOf(MalformedException.class);
        }
    }
}
