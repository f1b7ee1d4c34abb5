package io.weir.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.launcher.base.LaunchFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The gateway's API as the launcher uses it: plain HTTP with a bearer key, one call at a time. */
final class AdminApi {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final HttpClient client;
    private final URI endpoint;
    private final ObjectMapper json = new ObjectMapper();

    AdminApi(HttpClient client, URI endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    /** A status and a body; a body that is not JSON is read as JSON's null. */
    record Answer(int status, JsonNode body) {
    }

    ObjectNode object() {
        return json.createObjectNode();
    }

    Answer send(String method, String path, ObjectNode body, String key) {
        return send(request(path, key).method(method, BodyPublishers.ofString(body.toString())).build());
    }

    Answer get(String path, String key) {
        return send(request(path, key).GET().build());
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
    }

    private Answer send(HttpRequest request) {
        String call = request.method() + " " + request.uri().getPath();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), tree(response.body()));
        } catch (IOException e) {
            throw new LaunchFailure("The gateway did not answer " + call + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchFailure("Interrupted during " + call + ".", e);
        }
    }

    private JsonNode tree(String body) {
        try {
            return json.readTree(body);
        } catch (IOException e) {
            return json.nullNode();
        }
    }
}
