package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A further gateway over a running product's stores and engines, started by the test itself from the packaged application: nobody restarts it. It
 * is configured by environment alone, as the launcher does it.
 */
public final class GatewayProcess implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(90);

    private final Running process;
    private final URI endpoint;

    private GatewayProcess(Running process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param weir     whose stores
     * @param instance its name
     * @param more     further variables
     */
    public static GatewayProcess start(Weir weir, String instance, Map<String, String> more) {
        int port = freePort();
        Map<String, String> variables = environment(weir, more);
        variables.put("WEIR_INSTANCE", instance);
        variables.put("WEIR_PORT", Integer.toString(port));
        variables.put("WEIR_MANAGEMENT_PORT", Integer.toString(freePort()));
        Path jar = Clone.root().resolve("gateway").resolve("target").resolve("quarkus-app").resolve("quarkus-run.jar");
        Running process = Running.start(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+UseSerialGC", "-jar", jar.toString()), variables, weir.data());
        GatewayProcess gateway = new GatewayProcess(process, URI.create("http://127.0.0.1:" + port));
        try {
            Awaitility.await().atMost(READY).pollInterval(Duration.ofMillis(50)).ignoreExceptions()
                    .until(() -> !process.isAlive() || gateway.isReady(weir.http()));
        } catch (RuntimeException late) {
            process.close();
            throw new AssertionError("the gateway is not ready: " + process.output(), late);
        }
        return gateway;
    }

    private boolean isReady(Http http) {
        return http.send(HttpRequest.newBuilder(URI.create(endpoint + "/q/health/ready")).GET()).status() == 200;
    }

    private static Map<String, String> environment(Weir weir, Map<String, String> more) {
        JsonNode state = weir.state();
        JsonNode postgres = state.path("postgres");
        Path secrets = weir.data().resolve("secrets");
        Map<String, String> variables = new HashMap<>(more);
        variables.put("WEIR_MODE", "dev");
        variables.put("WEIR_POSTGRES_URL", postgres.path("jdbcUrl").asText());
        variables.put("WEIR_POSTGRES_USER", postgres.path("user").asText());
        variables.put("WEIR_POSTGRES_PASSWORD_FILE", secrets.resolve("postgres.app").toString());
        variables.put("WEIR_POSTGRES_MIGRATOR_USER", postgres.path("migratorUser").asText());
        variables.put("WEIR_POSTGRES_MIGRATOR_PASSWORD_FILE", secrets.resolve("postgres.migrator").toString());
        URI redis = URI.create(state.path("redis").path("url").asText());
        variables.put("WEIR_REDIS_URL", "redis://" + redis.getHost() + ":" + redis.getPort());
        variables.put("WEIR_REDIS_PASSWORD_FILE", secrets.resolve("redis.password").toString());
        variables.put("WEIR_ENGINE_URL", state.path("engine").asText());
        variables.put("WEIR_PRICE_BOOK", Clone.root().resolve("deploy").resolve("pricebook.yaml").toString());
        variables.put("WEIR_ADMIN_KEY_FILE", weir.data().resolve("admin.key").toString());
        return variables;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    public Running process() {
        return process;
    }

    /** Kills it. */
    @Override
    public void close() {
        process.close();
    }
}
