package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the engine by script. Its thread reads without a pause, so that a closing is seen at once; another one answers. Calls are
 * answered one after another.
 */
final class EngineConnection {

    private static final int HEAD_BYTES = 64 * 1024;

    private final TestEngine engine;
    private final Socket socket;
    private CompletableFuture<Void> answered = CompletableFuture.completedFuture(null);
    private @Nullable EngineCallSeen current;

    EngineConnection(TestEngine engine, Socket socket) {
        this.engine = engine;
        this.socket = socket;
    }

    void run() {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); head != null; head = head(in)) {
                byte[] body = in.readNBytes(length(head));
                answered.join();
                answer(head, body, out);
            }
        } catch (IOException reset) {
            // As good as closed.
        } finally {
            EngineCallSeen call = current;
            if (call != null && !call.isOver()) {
                call.gone.complete(System.nanoTime());
            }
        }
    }

    private void answer(String head, byte[] body, OutputStream out) throws IOException {
        String path = head.substring(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1));
        switch (path) {
            case "/health" -> whole(out, 200, "{}");
            case "/v1/models" -> whole(out, 200, "{\"object\":\"list\",\"data\":[" + listed(TestEngine.MODEL) + "," + listed(TestEngine.UNPRICED) + "]}");
            case "/v1/chat/completions" -> {
                EngineCallSeen call = new EngineCallSeen(head, Json.parse(new String(body, StandardCharsets.UTF_8)));
                current = call;
                CompletableFuture<Void> done = new CompletableFuture<>();
                answered = done;
                Plan plan = engine.plan(call);
                Thread.ofVirtual().name("test-engine-answer").start(() -> {
                    try {
                        chat(call, plan, out);
                    } catch (IOException gone) {
                        // The reader notes when.
                    } finally {
                        done.complete(null);
                    }
                });
            }
            default -> whole(out, 404, "{\"error\":{\"message\":\"no such path\"}}");
        }
    }

    private static String listed(String model) {
        return "{\"id\":\"" + model + "\",\"object\":\"model\",\"max_model_len\":" + TestEngine.CONTEXT + "}";
    }

    private void chat(EngineCallSeen call, Plan plan, OutputStream out) throws IOException {
        Turnstile before = plan.before();
        if (before != null && !before.pass(call.gone)) {
            return;
        }
        if (plan.status() != 200) {
            call.end();
            whole(out, plan.status(), "{\"error\":{\"message\":\"by script\",\"type\":\"error\",\"param\":null,\"code\":" + plan.status() + "}}");
            return;
        }
        if (call.isStreaming()) {
            stream(call, plan, out);
        } else {
            complete(call, plan, out);
        }
    }

    private void complete(EngineCallSeen call, Plan plan, OutputStream out) throws IOException {
        List<String> said = new ArrayList<>();
        int reasoned = 0;
        for (String delta : all(plan)) {
            if (call.delivered() == call.maxTokens() || !goesOn(call, plan)) {
                break;
            }
            call.count();
            if (reasoned < plan.reasoning().size()) {
                reasoned++;
            } else {
                said.add(delta);
            }
        }
        if (call.goneNanos().isPresent()) {
            return;
        }
        ObjectNode answer = Json.object().put("id", "engine").put("object", "chat.completion").put("created", 1).put("model", TestEngine.MODEL);
        ObjectNode choice = answer.putArray("choices").addObject().put("index", 0).put("finish_reason", reason(call, plan));
        ObjectNode message = choice.putObject("message").put("role", "assistant").put("content", String.join("", said));
        message.put("reasoning_content", reasoned == 0 ? null : String.join("", plan.reasoning().subList(0, reasoned)));
        if (plan.counts() != Plan.Counts.NONE) {
            answer.set("usage", usage(call, reasoned));
        }
        call.end();
        whole(out, 200, answer.toString());
    }

    private void stream(EngineCallSeen call, Plan plan, OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        boolean running = plan.counts() == Plan.Counts.RUNNING && call.body().path("stream_options").path("continuous_usage_stats").asBoolean();
        int reasoned = 0;
        for (String delta : all(plan)) {
            if (call.delivered() == call.maxTokens()) {
                break;
            }
            if (!goesOn(call, plan)) {
                return;
            }
            call.count();
            String field = reasoned < plan.reasoning().size() ? "reasoning_content" : "content";
            reasoned += field.equals("content") ? 0 : 1;
            event(out, chunk(Json.object().put(field, delta), null, running ? usage(call, reasoned) : null));
        }
        event(out, chunk(Json.object(), reason(call, plan), running ? usage(call, reasoned) : null));
        if (plan.counts() != Plan.Counts.NONE) {
            ObjectNode last = envelope();
            last.putArray("choices");
            last.set("usage", usage(call, reasoned));
            event(out, last);
        }
        call.end();
        write(out, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    }

    private static List<String> all(Plan plan) {
        List<String> deltas = new ArrayList<>(plan.reasoning());
        deltas.addAll(plan.deltas());
        return deltas;
    }

    private static boolean goesOn(EngineCallSeen call, Plan plan) {
        Turnstile each = plan.each();
        return each == null || each.pass(call.gone);
    }

    private static String reason(EngineCallSeen call, Plan plan) {
        return call.delivered() < all(plan).size() ? "length" : "stop";
    }

    private static ObjectNode usage(EngineCallSeen call, int reasoned) {
        ObjectNode usage = Json.object().put("prompt_tokens", call.promptTokens()).put("completion_tokens", call.delivered())
                .put("total_tokens", call.promptTokens() + call.delivered());
        usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoned);
        return usage;
    }

    private static ObjectNode envelope() {
        return Json.object().put("id", "engine").put("object", "chat.completion.chunk").put("created", 1).put("model", TestEngine.MODEL);
    }

    private static ObjectNode chunk(ObjectNode delta, @Nullable String reason, @Nullable JsonNode usage) {
        ObjectNode chunk = envelope();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0).put("finish_reason", reason);
        choice.set("delta", delta);
        if (usage != null) {
            chunk.set("usage", usage);
        }
        return chunk;
    }

    private static void event(OutputStream out, JsonNode data) throws IOException {
        byte[] bytes = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
        write(out, Integer.toHexString(bytes.length) + "\r\n" + new String(bytes, StandardCharsets.UTF_8) + "\r\n");
    }

    private static void whole(OutputStream out, int status, String body) throws IOException {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        write(out, "HTTP/1.1 " + status + " By Script\r\ncontent-type: application/json\r\ncontent-length: " + length + "\r\n\r\n" + body);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Request line and headers, or null at the connection's end. */
    private static @Nullable String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0 || head.length() > HEAD_BYTES) {
                return null;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines().filter(line -> line.toLowerCase().startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip())).findFirst().orElse(0);
    }
}
