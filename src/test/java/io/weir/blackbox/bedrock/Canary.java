package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Strings that must never reach Bedrock: looked for in every request, authentic or not, raw and with JSON's and URL's escapes undone.
 * Thread-safe.
 */
public final class Canary {

    private final List<String> forbidden = new CopyOnWriteArrayList<>();
    private final AtomicLong sightings = new AtomicLong();
    private final JsonFactory json = new JsonFactory();

    Canary() {
    }

    /** From now on, a request holding that string is a sighting. */
    public void forbid(String text) {
        if (text.length() < 8) {
            throw new IllegalArgumentException("a canary shorter than 8 characters may turn up by chance");
        }
        forbidden.add(text);
    }

    /** How many requests held a forbidden string. */
    public long sightings() {
        return sightings.get();
    }

    /** Fails if any request held a forbidden string. */
    public void assertNeverSeen() {
        if (sightings() > 0) {
            throw new AssertionError("a canary reached Bedrock in " + sightings() + " request(s)");
        }
    }

    void look(WireRequest request) {
        if (!forbidden.isEmpty() && seen(request)) {
            sightings.incrementAndGet();
        }
    }

    private boolean seen(WireRequest request) {
        String raw = new String(request.body(), StandardCharsets.UTF_8);
        String head = request.path() + '?' + request.query() + request.headers();
        return matches(raw) || matches(head) || matches(lenientDecode(head)) || seenInJson(request.body());
    }

    private boolean seenInJson(byte[] body) {
        try (JsonParser parser = json.createParser(body)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken().isScalarValue() && matches(parser.getText()) || matches(String.valueOf(parser.currentName()))) {
                    return true;
                }
            }
        } catch (IOException notJson) {
            // The raw bytes have been looked at already.
        }
        return false;
    }

    private static String lenientDecode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    private boolean matches(String text) {
        return forbidden.stream().anyMatch(text::contains);
    }
}
