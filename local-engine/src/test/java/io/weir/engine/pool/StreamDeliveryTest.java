package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.router.EngineCall.Delivery;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Delta;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.StreamEvent.ReasoningDelta;
import io.weir.router.stream.StreamEvent.Spent;
import io.weir.router.stream.StreamEvent.UsageReport;
import io.weir.router.stream.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamDeliveryTest {

    private static final Broken CUT = new Broken(BreakCause.CUT, Spent.UNKNOWN);
    private static final Broken MALFORMED = new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);

    /** As vLLM streams with continuous usage: the role first, usage in every chunk, its breakdown in the last. */
    private static final List<String> RECORDED = List.of(
            ": ping\n\n",
            Http.data("{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],"
                    + "\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9,\"completion_tokens\":0}}"),
            Http.data("{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"hm\",\"reasoning_content\":\"hm\"}}],"
                    + "\"usage\":{\"prompt_tokens\":9,\"total_tokens\":10,\"completion_tokens\":1}}"),
            Http.data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hé\"}}],\"usage\":{\"prompt_tokens\":9,\"total_tokens\":11,\"completion_tokens\":2}}"),
            Http.data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" 😀\"}}],\"usage\":null}").replace("\n", "\r\n"),
            Http.data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"length\"}],"
                    + "\"usage\":{\"prompt_tokens\":9,\"total_tokens\":12,\"completion_tokens\":3}}"),
            Http.data("{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"total_tokens\":12,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":4},"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":1}}}"),
            Http.data("[DONE]"));
    private static final List<StreamEvent> EXPECTED = List.of(
            usage(9, 0, 0, 0),
            usage(9, 0, 1, 0),
            new ReasoningDelta("hm"),
            usage(9, 0, 2, 0),
            new Delta("hé"),
            new Delta(" 😀"),
            usage(9, 0, 3, 0),
            usage(5, 4, 3, 1),
            new Finished(FinishReason.LENGTH));

    private static StreamEvent usage(long fresh, long cached, long output, long reasoning) {
        return new UsageReport(new Usage.Exact(fresh, cached, 0, output, reasoning));
    }

    private static String chunks(List<String> events) {
        StringBuilder wire = new StringBuilder(Http.STREAM_HEAD);
        events.forEach(event -> wire.append(Http.chunk(event)));
        return wire.append(Http.END).toString();
    }

    private static String streamOf(String... events) {
        return chunks(List.of(events));
    }

    private static List<StreamEvent> answerTo(String wire) throws Exception {
        try (ScriptedEngine server = ScriptedEngine.always(wire); PoolRig rig = new PoolRig(server.url())) {
            return rig.answer(Delivery.STREAM);
        }
    }

    @Test
    void deliversARecordedStreamAndKeepsItsConnection() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(chunks(RECORDED)); PoolRig rig = new PoolRig(server.url())) {
            for (int call = 0; call < 10; call++) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.STREAM);

                // Then
                assertThat(events).isEqualTo(EXPECTED);
            }
            assertThat(server.connections).hasValue(1);
            assertThat(server.requests.getFirst().headerNames()).containsExactly("accept", "content-length", "content-type", "host");
        }
    }

    @Test
    void deliversTheSameHoweverTheBytesAreSplit() throws Exception {
        // Given
        byte[] wire = chunks(RECORDED).getBytes(StandardCharsets.UTF_8);
        int[] at = {0};
        try (ScriptedEngine server = new ScriptedEngine(connection -> {
                    while (connection.request() != null) {
                        connection.send(Arrays.copyOf(wire, at[0]));
                        Thread.yield();
                        connection.send(Arrays.copyOfRange(wire, at[0], wire.length));
                    }
                });
                PoolRig rig = new PoolRig(server.url())) {
            for (at[0] = 1; at[0] < wire.length; at[0]++) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.STREAM);

                // Then
                assertThat(events).as("split at byte %d", at[0]).isEqualTo(EXPECTED);
            }
        }
    }

    @Test
    void deliversAPrefixAndOneBreakWhereverTheStreamIsCut() throws Exception {
        // Given
        String all = chunks(RECORDED);
        byte[] wire = all.getBytes(StandardCharsets.UTF_8);
        int done = all.substring(0, all.indexOf("[DONE]\n\n")).getBytes(StandardCharsets.UTF_8).length + "[DONE]\n\n".length();
        int[] at = {0};
        try (ScriptedEngine server = new ScriptedEngine(connection -> {
                    if (connection.request() != null) {
                        connection.send(Arrays.copyOf(wire, at[0]));
                    }
                });
                PoolRig rig = new PoolRig(server.url())) {
            for (at[0] = 0; at[0] < wire.length; at[0]++) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.STREAM);

                // Then
                if (at[0] >= done) {
                    assertThat(events).as("cut at byte %d", at[0]).isEqualTo(EXPECTED);
                } else {
                    List<StreamEvent> delivered = events.subList(0, events.size() - 1);
                    assertThat(events.getLast()).as("cut at byte %d", at[0]).isIn(CUT, MALFORMED);
                    assertThat(delivered).as("cut at byte %d", at[0]).isEqualTo(EXPECTED.subList(0, delivered.size()));
                }
            }
        }
    }

    @Test
    void takesABodyThatEndsWithItsConnection() throws Exception {
        // Given
        String head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        String body = Http.delta("\"content\":\"a\"") + Http.finish("stop");
        try (ScriptedEngine server = new ScriptedEngine(connection -> {
                    connection.request();
                    connection.send(head + body.substring(0, body.length() - 2));
                });
                PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.STREAM);

            // Then
            assertThat(events).containsExactly(new Delta("a"), new Finished(FinishReason.STOP));
        }
    }

    @Test
    void mapsEveryFinishReason() throws Exception {
        assertThat(answerTo(streamOf(Http.finish("stop"), Http.data("[DONE]")))).containsExactly(new Finished(FinishReason.STOP));
        assertThat(answerTo(streamOf(Http.finish("length"), Http.data("[DONE]")))).containsExactly(new Finished(FinishReason.LENGTH));
        assertThat(answerTo(streamOf(Http.finish("content_filter"), Http.data("[DONE]")))).containsExactly(new Finished(FinishReason.CONTENT_FILTER));
        assertThat(answerTo(streamOf(Http.finish("tool_calls"), Http.data("[DONE]")))).containsExactly(new Finished(FinishReason.STOP));
        assertThat(answerTo(streamOf(Http.finish("abort"), Http.data("[DONE]")))).containsExactly(new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN));
    }

    @Test
    void callsAnEndWithoutAFinishReasonACut() throws Exception {
        assertThat(answerTo(streamOf(Http.delta("\"content\":\"a\"")))).containsExactly(new Delta("a"), CUT);
        assertThat(answerTo(streamOf(Http.delta("\"content\":\"a\""), Http.data("[DONE]")))).containsExactly(new Delta("a"), CUT);
        assertThat(answerTo(streamOf())).containsExactly(CUT);
    }

    @Test
    void endsAtAnErrorInTheMiddle() throws Exception {
        String delta = Http.delta("\"content\":\"a\"");
        Broken failed = new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN);

        assertThat(answerTo(streamOf(delta, Http.data("{\"error\":{\"message\":\"boom\",\"code\":500}}"), delta))).containsExactly(new Delta("a"), failed);
        assertThat(answerTo(streamOf(delta, Http.data("{\"error\":\"boom\"}"), Http.data("[DONE]")))).containsExactly(new Delta("a"), failed);
        assertThat(answerTo(streamOf(delta, "error: {\"code\":500}\n\n", Http.data("[DONE]")))).containsExactly(new Delta("a"), failed);
        assertThat(answerTo(streamOf(Http.data("{\"error\":{\"type\":\"exceed_context_size_error\"}}"))))
                .containsExactly(new Broken(BreakCause.CONTEXT_EXCEEDED, Spent.UNKNOWN));
    }

    @Test
    void breaksOnceOnWhatIsMalformedAndDropsTheConnection() throws Exception {
        List<byte[]> corpus = new ArrayList<>();
        for (String event : List.of(
                Http.data("{"), Http.data("{\"choices\":[{\"delta\":{\"content\":\"x\"}]}"), Http.data("nonsense"), Http.data("[]"), Http.data("{} {}"),
                Http.data("{\"a\":".repeat(80) + "1" + "}".repeat(80)), Http.data("{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1}}"),
                Http.data("{\"usage\":{\"prompt_tokens\":1.5,\"completion_tokens\":1}}"), Http.data("{\"usage\":{\"prompt_tokens\":99999999999999999999,\"completion_tokens\":1}}"),
                Http.data("{\"choices\":[{\"delta\":{\"content\":\"\\ud800\"}}]}"), "data: {\"choices\":[]}\ndata: {\"choices\":[]}\n\n",
                "data: " + "x".repeat(10 * 1024 * 1024))) {
            corpus.add(streamOf(Http.delta("\"content\":\"a\""), event, Http.finish("stop"), Http.data("[DONE]")).getBytes(StandardCharsets.UTF_8));
        }
        for (byte[] bad : List.of(new byte[] {(byte) 0xFF}, new byte[] {(byte) 0xC0, (byte) 0xAE}, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, new byte[] {(byte) 0xE2, (byte) 0x82})) {
            String marked = streamOf(Http.delta("\"content\":\"a\""), Http.delta("\"content\":\"" + "#".repeat(bad.length) + "\""), Http.finish("stop"), Http.data("[DONE]"));
            byte[] wire = marked.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(bad, 0, wire, marked.indexOf('#'), bad.length);
            corpus.add(wire);
        }
        for (int index = 0; index < corpus.size(); index++) {
            // Given
            try (ScriptedEngine server = ScriptedEngine.always(corpus.get(index)); PoolRig rig = new PoolRig(server.url())) {
                // When
                List<StreamEvent> first = rig.answer(Delivery.STREAM);
                List<StreamEvent> second = rig.answer(Delivery.STREAM);

                // Then
                assertThat(first).as("case %d", index).containsExactly(new Delta("a"), MALFORMED);
                assertThat(second).as("case %d", index).isEqualTo(first);
                assertThat(server.connections).as("case %d", index).hasValue(2);
            }
        }
    }
}
