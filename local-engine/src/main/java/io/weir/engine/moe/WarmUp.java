package io.weir.engine.moe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Answers a few requests before the engine says that it is ready, so that the JIT compiler has done its work: a cold JVM takes several times as long for
 * its first answers. Runs against a scheduler and a server of its own on a loopback port, which it closes again, so that nothing of it is seen in the
 * metrics or on the engine's own port. Ends when answers no longer become faster, or when its time is up.
 */
final class WarmUp {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(4);
    private static final int READ_MILLIS_MAX = 60_000;
    private static final int ROUNDS_MIN = 8;
    private static final int TOKENS = 64;
    /** An answer that takes more than this part of the best so far is no gain. */
    private static final double GAIN = 0.97;
    private static final int STEADY_ROUNDS = 4;

    private final LoadedModel loaded;
    private final EngineServer.Surroundings surroundings;
    private final LongSupplier nanoClock;

    WarmUp(LoadedModel loaded, EngineServer.Surroundings surroundings, LongSupplier nanoClock) {
        this.loaded = loaded;
        this.surroundings = surroundings;
        this.nanoClock = nanoClock;
    }

    /** Runs on the caller's thread. */
    void run() throws Exception {
        EngineMetrics metrics = new EngineMetrics();
        try (Scheduler scheduler = new Scheduler(loaded.model(), loaded.tokenizer(), metrics, nanoClock, 1);
                EngineServer server = new EngineServer(loaded, scheduler, metrics, surroundings)) {
            URI chat = URI.create("http://127.0.0.1:" + server.listen("127.0.0.1", 0) + "/v1/chat/completions");
            long begin = nanoClock.getAsLong();
            long best = Long.MAX_VALUE;
            int steady = 0;
            for (int round = 0; round < ROUNDS_MIN || steady < STEADY_ROUNDS && nanoClock.getAsLong() - begin < NANOS_MAX; round++) {
                long from = nanoClock.getAsLong();
                answer(chat, round % 2 == 0);
                long took = nanoClock.getAsLong() - from;
                steady = took < best * GAIN ? 0 : steady + 1;
                best = Math.min(best, took);
            }
        }
    }

    private void answer(URI chat, boolean streamed) throws IOException {
        String question = "Sort these numbers: " + "12, 7, 34, 5, ".repeat(12) + "1";
        ObjectNode body = Json.object().put("model", loaded.name()).put("stream", streamed).put("ignore_eos", true).put("max_tokens", TOKENS);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        HttpURLConnection connection = (HttpURLConnection) chat.toURL().openConnection();
        connection.setReadTimeout(READ_MILLIS_MAX);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(Json.write(body).getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = connection.getInputStream()) {
            in.readAllBytes();
        }
    }
}
