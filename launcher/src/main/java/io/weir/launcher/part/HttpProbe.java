package io.weir.launcher.part;

import io.weir.launcher.process.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Whether a GET of one address is answered with 200. */
public final class HttpProbe implements Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final HttpClient client;
    private final HttpRequest request;

    public HttpProbe(HttpClient client, URI address) {
        this.client = client;
        this.request = HttpRequest.newBuilder(address).timeout(TIMEOUT).GET().build();
    }

    @Override
    public boolean answers() {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
