package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.router.CancelToken;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineStream;
import io.weir.router.chat.Message;
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
import java.util.List;
import org.junit.jupiter.api.Test;

class WholeDeliveryTest {

    private static final Broken MALFORMED = new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
    private static final String ANSWER = """
            {"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"h\\u00e9 \\ud83d\\ude00"},\
            "finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":3},\
            "completion_tokens_details":{"reasoning_tokens":1}},"timings":{"x":[1,2,{"y":null}]}}""";

    @Test
    void deliversReasoningThenTextThenUsageThenTheEnd() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(ANSWER)); PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(events).containsExactly(
                    new ReasoningDelta("hm"),
                    new Delta("hé 😀"),
                    new UsageReport(new Usage.Exact(7, 3, 0, 4, 1)),
                    new Finished(FinishReason.STOP));
        }
    }

    @Test
    void sendsTheListedHeadersAndNoOther() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(ANSWER));
                PoolRig rig = new PoolRig(server.url(), options -> options.withApiKey("k-1"))) {
            // When
            rig.answer(Delivery.WHOLE);

            // Then
            ScriptedEngine.Seen seen = server.requests.getFirst();
            assertThat(seen.line()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
            assertThat(seen.headerNames()).containsExactly("accept", "authorization", "content-length", "content-type", "host");
            assertThat(seen.head()).contains("authorization: Bearer k-1\r\n", "accept: application/json\r\n", "content-type: application/json\r\n");
        }
    }

    @Test
    void keepsTheConnectionForTheNextCall() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(ANSWER)); PoolRig rig = new PoolRig(server.url())) {
            // When
            for (int call = 0; call < 20; call++) {
                rig.answer(Delivery.WHOLE);
            }

            // Then
            assertThat(server.requests).hasSize(20);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void takesAnAnswerThatComesInPieces() throws Exception {
        // Given
        String response = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" + Http.chunk(ANSWER.substring(0, 40))
                + Http.chunk(ANSWER.substring(40, 41)) + Http.chunk(ANSWER.substring(41)) + Http.END;
        try (ScriptedEngine server = ScriptedEngine.always(response); PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(events).hasSize(4).endsWith(new Finished(FinishReason.STOP));
        }
    }

    @Test
    void deliversFourMegabytesWhole() throws Exception {
        // Given
        String text = "é".repeat(2 * 1024 * 1024);
        String body = "{\"choices\":[{\"message\":{\"content\":\"" + text + "\"},\"finish_reason\":\"length\"}]}";
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(body)); PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(events.equals(List.of(new Delta(text), new Finished(FinishReason.LENGTH)))).isTrue();
        }
    }

    @Test
    void refusesAnAnswerAboveTheBoundAndDropsItsConnection() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(ANSWER));
                PoolRig rig = new PoolRig(server.url(), options -> options.with(new OnPremOptions.Bounds(100, 100, 1_000)))) {
            // When
            List<StreamEvent> first = rig.answer(Delivery.WHOLE);
            List<StreamEvent> second = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(first).containsExactly(MALFORMED);
            assertThat(second).containsExactly(MALFORMED);
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void saysThatAnAnswerWithoutAnEndIsMalformed() throws Exception {
        for (String body : List.of("{}", "[]", "null", "", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}", ANSWER + "{}",
                ANSWER.substring(0, ANSWER.length() - 1), "<html></html>", "{\"choices\":[{\"message\":{\"content\":7},\"finish_reason\":\"stop\"}]}")) {
            // Given
            try (ScriptedEngine server = ScriptedEngine.always(Http.json(body)); PoolRig rig = new PoolRig(server.url())) {
                // When
                List<StreamEvent> first = rig.answer(Delivery.WHOLE);
                List<StreamEvent> second = rig.answer(Delivery.WHOLE);

                // Then
                assertThat(first).as(body).containsExactly(MALFORMED);
                assertThat(second).as(body).containsExactly(MALFORMED);
                assertThat(server.connections).as(body).hasValue(2);
            }
        }
    }

    @Test
    void saysThatAnErrorObjectBrokeTheCall() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json("{\"error\":{\"message\":\"out of memory\",\"code\":500}}"));
                PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(events).containsExactly(new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN));
        }
    }

    @Test
    void sendsNothingThatIsNotUnicode() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json(ANSWER)); PoolRig rig = new PoolRig(server.url())) {
            Message lone = Message.text(Message.Role.USER, "a\ud800b");

            // When
            EngineStream stream = rig.engine.open(PoolRig.call("m", Delivery.WHOLE, 8, lone), PoolRig.permit(), new CancelToken());

            // Then
            assertThat(PoolRig.drain(stream)).containsExactly(new Broken(BreakCause.INVALID, Spent.NOTHING));
            assertThat(server.connections).hasValue(0);
        }
    }
}
