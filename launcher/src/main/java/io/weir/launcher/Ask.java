package io.weir.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.launcher.AdminApi.Answer;
import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.data.DataFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One question to the running Weir, streamed, and its receipt. Runs on the main thread. */
final class Ask {
    /** The receipt is settled within moments of the last token; later it is not worth a person's wait. */
    private static final Duration RECEIPT_MAX = Duration.ofSeconds(5);
    private static final Duration RECEIPT_PAUSE = Duration.ofMillis(100);
    private static final String DATA_PREFIX = "data:";

    private final Path folder;
    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    Ask(Path folder, PrintStream out, LongSupplier nanoTime) {
        this.folder = folder;
        this.out = out;
        this.nanoTime = nanoTime;
    }

    /** Prints the answer and its receipt; returns the exit status. Fails with a sentence where there is no answer. */
    int ask(String model, String prompt) {
        URI endpoint = endpoint();
        String key = read(DataFolder.demoKey(folder));
        HttpResponse<Stream<String>> response = send(endpoint, key, model, prompt);
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200) {
                throw new LaunchFailure("HTTP " + response.statusCode() + ": " + problem(lines.collect(Collectors.joining("\n")))
                        + response.headers().firstValue("retry-after").map(s -> " Try again in " + s + " s.").orElse(""));
            }
            print(lines.iterator());
        } catch (UncheckedIOException e) {
            out.println();
            throw new LaunchFailure("The answer broke off: " + e.getCause().getMessage(), e);
        }
        response.headers().firstValue("x-request-id").ifPresent(id -> out.println(receipt(endpoint, key, id)));
        return 0;
    }

    private URI endpoint() {
        Path state = DataFolder.stateFile(folder);
        if (!Files.exists(state)) {
            throw new LaunchFailure("Weir does not run on " + folder + ": start it with ./weir up"
                    + " (or name its data folder with --data DIR).");
        }
        try {
            return URI.create(json.readTree(state.toFile()).path("endpoint").asText());
        } catch (IOException e) {
            throw new LaunchFailure("Cannot read " + state + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return PrivateFile.read(file);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot read the demo key " + file + ": " + e.getMessage(), e);
        }
    }

    private HttpResponse<Stream<String>> send(URI endpoint, String key, String model, String prompt) {
        ObjectNode body = json.createObjectNode().put("model", model).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        try {
            return client.send(request, BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new LaunchFailure("Weir does not answer at " + endpoint + ": does ./weir up still run?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchFailure("Interrupted.", e);
        }
    }

    private void print(Iterator<String> lines) {
        while (lines.hasNext()) {
            String line = lines.next();
            if (!line.startsWith(DATA_PREFIX)) {
                continue;
            }
            String data = line.substring(DATA_PREFIX.length()).strip();
            if (data.equals("[DONE]")) {
                out.println();
                return;
            }
            JsonNode event = tree(data);
            if (event.has("error")) {
                out.println();
                throw new LaunchFailure("The answer broke off: " + problem(data));
            }
            out.print(event.path("choices").path(0).path("delta").path("content").asText(""));
            out.flush();
        }
        out.println();
        throw new LaunchFailure("The answer broke off: the stream ended without its closing event.");
    }

    private String receipt(URI endpoint, String key, String id) {
        AdminApi api = new AdminApi(client, endpoint);
        long end = nanoTime.getAsLong() + RECEIPT_MAX.toNanos();
        Answer answer = api.get("/v1/requests/" + id, key);
        while (!isClosed(answer) && nanoTime.getAsLong() - end < 0) {
            pause();
            answer = api.get("/v1/requests/" + id, key);
        }
        if (!isClosed(answer)) {
            return "-- " + id + ": not settled yet; GET /v1/requests/" + id + " will say what it cost";
        }
        return Receipt.line(id, answer.body());
    }

    private static boolean isClosed(Answer answer) {
        String state = answer.body().path("state").asText("open");
        return answer.status() == 200 && !state.equals("open");
    }

    private static void pause() {
        try {
            Thread.sleep(RECEIPT_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchFailure("Interrupted.", e);
        }
    }

    private String problem(String body) {
        JsonNode error = tree(body).path("error");
        String code = error.path("code").asText(error.path("type").asText(""));
        String message = error.path("message").asText(body);
        return message + (code.isEmpty() ? "" : " [" + code + "]");
    }

    private JsonNode tree(String text) {
        try {
            return json.readTree(text);
        } catch (IOException e) {
            return json.missingNode();
        }
    }
}
