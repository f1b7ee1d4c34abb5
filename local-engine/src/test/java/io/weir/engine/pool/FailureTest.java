package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.router.CancelToken;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.EngineStream;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {

    private static final Broken MALFORMED = new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
    private static final Broken CUT = new Broken(BreakCause.CUT, Spent.UNKNOWN);

    @ParameterizedTest
    @CsvSource({
        "400, INVALID, NOTHING", "401, DENIED, NOTHING", "403, DENIED, NOTHING", "404, DENIED, NOTHING", "408, INVALID, NOTHING", "413, INVALID, NOTHING",
        "422, INVALID, NOTHING", "429, THROTTLED, NOTHING", "503, UNAVAILABLE, NOTHING", "500, SERVER_ERROR, UNKNOWN", "502, SERVER_ERROR, UNKNOWN",
        "504, SERVER_ERROR, UNKNOWN", "201, SERVER_ERROR, UNKNOWN", "204, SERVER_ERROR, UNKNOWN", "302, SERVER_ERROR, UNKNOWN", "418, SERVER_ERROR, UNKNOWN"
    })
    void saysWhatAStatusMeansAndKeepsTheConnection(int status, BreakCause cause, Spent spent) throws Exception {
        // Given
        String body = status == 204 ? "" : "{\"error\":{\"message\":\"no\"}}";
        String wire = Http.response(status + " X", "application/json", body, "location: /elsewhere");
        try (ScriptedEngine server = ScriptedEngine.always(wire); PoolRig rig = new PoolRig(server.url())) {
            for (Delivery delivery : Delivery.values()) {
                // When
                List<StreamEvent> events = rig.answer(delivery);

                // Then
                assertThat(events).containsExactly(new Broken(cause, spent));
            }
            assertThat(server.requests).hasSize(2).allSatisfy(seen -> assertThat(seen.line()).startsWith("POST /v1/chat/completions "));
            assertThat(server.connections).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"429, 7, 7", "503, 12, 12", "429, 0, 0", "429, 999999999, 86400"})
    void passesOnHowLongTheEngineWantsToBeLeftAlone(int status, String header, long seconds) throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.response(status + " X", "text/plain", "busy", "Retry-After: " + header));
                PoolRig rig = new PoolRig(server.url())) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.STREAM);

            // Then
            BreakCause cause = status == 429 ? BreakCause.THROTTLED : BreakCause.UNAVAILABLE;
            assertThat(events).containsExactly(new Broken(cause, Spent.NOTHING, Duration.ofSeconds(seconds)));
        }
    }

    @Test
    void ignoresARetryAfterThatIsNoNumberOfSeconds() throws Exception {
        for (String header : List.of("soon", "-1", "+7", "1.5", "", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT")) {
            // Given
            try (ScriptedEngine server = ScriptedEngine.always(Http.response("429 X", "text/plain", "", "Retry-After: " + header));
                    PoolRig rig = new PoolRig(server.url())) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.WHOLE);

                // Then
                assertThat(events).containsExactly(new Broken(BreakCause.THROTTLED, Spent.NOTHING));
            }
        }
    }

    @Test
    void tellsAPromptThatIsTooLongFromOtherInvalidRequests() throws Exception {
        for (String body : List.of(
                "{\"object\":\"error\",\"message\":\"This model's maximum context length is 1024 tokens. However, you requested 9000 tokens\",\"code\":400}",
                "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"exceed_context_size_error\",\"n_ctx\":512}}",
                "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"no\"}}",
                "{\"message\":\"The input (900 tokens) is longer than the model's context length (512 tokens).\"}")) {
            // Given
            try (ScriptedEngine server = ScriptedEngine.always(Http.response("400 X", "application/json", body)); PoolRig rig = new PoolRig(server.url())) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.STREAM);

                // Then
                assertThat(events).as(body).containsExactly(new Broken(BreakCause.CONTEXT_EXCEEDED, Spent.NOTHING));
            }
        }
    }

    @Test
    void takesARefusalsWordEvenWhenItsBodyNeverEnds() throws Exception {
        // Given
        String head = "HTTP/1.1 429 X\r\ncontent-length: 100\r\n\r\nbusy";
        try (ScriptedEngine server = new ScriptedEngine(wire -> {
                    wire.request();
                    wire.send(head);
                    wire.closedAt();
                });
                PoolRig rig = new PoolRig(server.url());
                EngineStream stream = rig.open(Delivery.WHOLE)) {
            // When
            StreamEvent event = stream.next(PoolRig.in(Duration.ofMillis(300)));

            // Then
            assertThat(event).isEqualTo(new Broken(BreakCause.THROTTLED, Spent.NOTHING));
        }
    }

    @Test
    void rejectsWhatIsNotTheTypeAskedFor() throws Exception {
        String json = "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}";
        for (String wire : List.of(
                Http.response("200 OK", "text/html", "<html>proxy</html>"), Http.response("200 OK", "", json), Http.response("200 OK", "application/jsonp", json),
                Http.response("200 OK", "application/json", json, "content-encoding: gzip"), Http.response("200 OK", "text/event-stream", "", "content-encoding: br"))) {
            for (Delivery delivery : Delivery.values()) {
                // Given
                try (ScriptedEngine server = ScriptedEngine.always(wire); PoolRig rig = new PoolRig(server.url())) {
                    // When
                    List<StreamEvent> first = rig.answer(delivery);
                    List<StreamEvent> second = rig.answer(delivery);

                    // Then
                    assertThat(first).as(wire).containsExactly(MALFORMED);
                    assertThat(second).as(wire).containsExactly(MALFORMED);
                    assertThat(server.connections).as(wire).hasValue(2);
                }
            }
        }
    }

    @Test
    void saysThatWhatIsNotHttpIsMalformed() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        for (String wire : List.of(
                "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000) + "\r\n\r\n", "H".repeat(100_000), chunked + "zz\r\n", "HTTP/9.9 200 OK\r\n\r\n")) {
            // Given
            try (ScriptedEngine server = ScriptedEngine.always(wire); PoolRig rig = new PoolRig(server.url())) {
                // When
                List<StreamEvent> events = rig.answer(Delivery.WHOLE);

                // Then
                assertThat(events).as(wire.substring(0, 15)).containsExactly(MALFORMED);
            }
        }
    }

    @Test
    void saysThatAConnectionClosedOrResetIsACut() throws Exception {
        for (boolean reset : List.of(true, false)) {
            for (String sent : List.of("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n", Http.json("{\"a\":1}").substring(0, 70))) {
                // Given
                try (ScriptedEngine server = new ScriptedEngine(wire -> {
                            wire.request();
                            wire.send(sent);
                            if (reset) {
                                wire.reset();
                            }
                        });
                        PoolRig rig = new PoolRig(server.url())) {
                    // When
                    List<StreamEvent> events = rig.answer(Delivery.WHOLE);

                    // Then
                    assertThat(events).containsExactly(CUT);
                    assertThat(server.requests).hasSize(1);
                }
            }
        }
    }

    @Test
    void saysThatNothingWasSentWhereNobodyListens() throws Exception {
        // Given
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        try (PoolRig rig = new PoolRig(URI.create("http://127.0.0.1:" + port))) {
            // When
            List<StreamEvent> events = rig.answer(Delivery.STREAM);

            // Then
            assertThat(events).containsExactly(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
        }
    }

    @Test
    void saysThatNothingWasSentAfterItWasClosed() throws Exception {
        // Given
        try (ScriptedEngine server = ScriptedEngine.always(Http.json("{}")); PoolRig rig = new PoolRig(server.url())) {
            rig.engine.close();

            // When
            List<StreamEvent> events = rig.answer(Delivery.WHOLE);

            // Then
            assertThat(events).containsExactly(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
        }
    }

    @Test
    void tellsWaitingForAConnectionFromWaitingForAnAnswer() throws Exception {
        // Given: one connection, taken by a call that is never answered
        CountDownLatch taken = new CountDownLatch(1);
        try (ScriptedEngine server = new ScriptedEngine(wire -> {
                    wire.request();
                    taken.countDown();
                    wire.closedAt();
                });
                PoolRig rig = new PoolRig(server.url(), options -> options.with(
                        new OnPremOptions.Connections(Duration.ofSeconds(1), 1, 1, Duration.ofSeconds(10), Duration.ofSeconds(3))));
                EngineStream first = rig.open(Delivery.WHOLE)) {
            taken.await();
            EngineStream second = rig.open(Delivery.WHOLE);
            EngineStream third = rig.open(Delivery.WHOLE);

            // When
            StreamEvent full = third.next(PoolRig.soon());
            StreamEvent waited = second.next(PoolRig.in(Duration.ofMillis(100)));
            StreamEvent sent = first.next(PoolRig.in(Duration.ofMillis(100)));

            // Then
            assertThat(full).isEqualTo(new Broken(BreakCause.UNAVAILABLE, Spent.NOTHING));
            assertThat(waited).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.NOTHING));
            assertThat(sent).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.UNKNOWN));
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void letsACallThatTimedOutWaitingGiveItsConnectionToTheNext() throws Exception {
        // Given
        CountDownLatch release = new CountDownLatch(1);
        byte[] answer = Http.json("{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}").getBytes(StandardCharsets.UTF_8);
        try (ScriptedEngine server = new ScriptedEngine(wire -> {
                    while (wire.request() != null) {
                        release.await();
                        wire.send(answer);
                    }
                });
                PoolRig rig = new PoolRig(server.url(), options -> options.with(
                        new OnPremOptions.Connections(Duration.ofSeconds(1), 1, 4, Duration.ofSeconds(10), Duration.ofSeconds(3))));
                EngineStream first = rig.open(Delivery.WHOLE)) {
            EngineStream late = rig.open(Delivery.WHOLE);
            CancelToken cancel = new CancelToken();
            EngineStream gone = rig.open(Delivery.WHOLE, cancel);
            EngineStream third = rig.open(Delivery.WHOLE);

            // When
            StreamEvent waited = late.next(PoolRig.in(Duration.ofMillis(50)));
            cancel.cancel();
            StreamEvent cancelled = gone.next(PoolRig.soon());
            release.countDown();

            // Then
            assertThat(waited).isEqualTo(new Broken(BreakCause.TIMED_OUT, Spent.NOTHING));
            assertThat(cancelled).isEqualTo(new Broken(BreakCause.CANCELLED, Spent.NOTHING));
            assertThat(PoolRig.drain(first)).hasSize(2);
            assertThat(PoolRig.drain(third)).hasSize(2);
            assertThat(server.requests).hasSize(2);
            assertThat(server.connections).hasValue(1);
        }
    }
}
