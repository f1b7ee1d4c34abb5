package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/**
 * Somebody with an API key at one gateway. Immutable.
 *
 * @param http     the client
 * @param endpoint the gateway
 * @param key      the key
 */
public record Caller(Http http, URI endpoint, String key) {

    /** Booking is asynchronous but quick; under load of a whole suite it may take a moment. */
    private static final Duration BOOKED = Duration.ofSeconds(20);

    /** The same key at another gateway. */
    public Caller at(URI other) {
        return new Caller(http, other, key);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(endpoint + path)).header("authorization", "Bearer " + key);
    }

    public Reply get(String path) {
        return http.send(request(path).GET());
    }

    public Reply post(String path, String body) {
        return http.send(request(path).header("content-type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    public Reply chat(Chat chat) {
        return post("/v1/chat/completions", chat.toString());
    }

    public Reply explain(Chat chat) {
        return post("/v1/route/explain", chat.toString());
    }

    /** What explain says the request would have reserved. */
    public long ceilingNanos(Chat chat) {
        return explain(chat).json().path("ceilingNanos").asLong();
    }

    /** Sends a request for a stream and reads it to its end. */
    public Streamed stream(Chat chat) {
        return Streamed.read(open(chat));
    }

    /** Sends a request for a stream and leaves reading it to the test. */
    public HttpResponse<InputStream> open(Chat chat) {
        HttpRequest.Builder post = request("/v1/chat/completions").header("content-type", "application/json")
                .POST(BodyPublishers.ofString(chat.toString()));
        return http.send(post, BodyHandlers.ofInputStream());
    }

    /** The receipt as it stands now. */
    public Reply receipt(String requestId) {
        return get("/v1/requests/" + requestId);
    }

    /** The receipt once nothing of the request is open any more. */
    public JsonNode settled(String requestId) {
        AtomicReference<Reply> last = new AtomicReference<>();
        Awaitility.await().atMost(BOOKED).pollInterval(Duration.ofMillis(20)).until(() -> {
            last.set(receipt(requestId));
            return last.get().status() == 200 && !last.get().json().path("state").asText().equals("open");
        });
        return last.get().json();
    }

    @Override
    public String toString() {
        return "Caller[" + endpoint + ", REDACTED]";
    }
}
