package io.weir.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stand-in for the gateway's process: it speaks the part of the gateway's HTTP that the launcher uses, refuses to start when its
 * environment does not lead to PostgreSQL and Redis, and writes what it was asked into {@code DATA/calls}, its own end included.
 */
public final class StandInGateway {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment;
    private final Path data;
    private final String adminKey;
    private final AtomicInteger receipts = new AtomicInteger();

    private StandInGateway(Map<String, String> environment) throws IOException {
        this.environment = environment;
        Path adminKeyFile = Path.of(environment.get("WEIR_ADMIN_KEY_FILE"));
        this.data = adminKeyFile.getParent();
        this.adminKey = Files.readString(adminKeyFile);
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        StandInGateway gateway = new StandInGateway(System.getenv());
        gateway.demandStores();
        gateway.note("environment " + String.join(" ", System.getenv().keySet().stream().filter(n -> n.startsWith("WEIR_")).sorted().toList()));
        int port = Integer.parseInt(System.getenv("WEIR_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", gateway::answer);
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::end));
        server.start();
    }

    private void demandStores() throws SQLException, IOException {
        for (String role : List.of("", "MIGRATOR_")) {
            String user = environment.get("WEIR_POSTGRES_" + role + "USER");
            String password = Files.readString(Path.of(environment.get("WEIR_POSTGRES_" + role + "PASSWORD_FILE")));
            DriverManager.getConnection(environment.get("WEIR_POSTGRES_URL"), user, password).close();
        }
        dial(environment.get("WEIR_REDIS_URL"));
    }

    private static void dial(String url) throws IOException {
        URI uri = URI.create(url.replace("jdbc:", ""));
        new Socket(uri.getHost(), uri.getPort()).close();
    }

    /** Says whether the stores still answered while this gateway was asked to end. */
    private void end() {
        try {
            dial(environment.get("WEIR_REDIS_URL"));
            dial(environment.get("WEIR_POSTGRES_URL"));
            note("ended while the stores answered");
        } catch (IOException e) {
            note("ended without stores");
        }
    }

    private void note(String line) {
        try {
            Files.writeString(data.resolve("calls"), environment.get("WEIR_INSTANCE") + " " + line + "\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("Bearer ", "");
            if (call.startsWith("GET /q/health/")) {
                send(exchange, 200, "{}");
            } else if (call.contains(" /admin/")) {
                note(call + " " + body);
                send(exchange, key.equals(adminKey) ? admin(call) : 401, "{\"key\":\"weir_demo\"}");
            } else if (!key.equals("weir_demo")) {
                send(exchange, 401, "{\"error\":{\"message\":\"Unknown key\",\"code\":\"invalid_api_key\"}}");
            } else if (call.equals("GET /v1/models")) {
                send(exchange, 200, "{\"data\":[{\"id\":\"auto\"},{\"id\":\"stand-in\"}]}");
            } else if (call.equals("POST /v1/chat/completions")) {
                chat(exchange, JSON.readTree(body));
            } else {
                send(exchange, 200, receipt());
            }
        }
    }

    /** A tenant exists from its first creation on, also for later processes over the same data folder. */
    private int admin(String call) throws IOException {
        if (!call.equals("POST /admin/v1/tenants")) {
            return 200;
        }
        Path tenant = data.resolve("tenant");
        if (Files.exists(tenant)) {
            return 409;
        }
        Files.createFile(tenant);
        return 201;
    }

    private void chat(HttpExchange exchange, JsonNode request) throws IOException {
        String prompt = request.path("messages").path(0).path("content").asText();
        exchange.getResponseHeaders().add("x-request-id", "0195-id");
        if (prompt.equals("too much")) {
            exchange.getResponseHeaders().add("retry-after", "7");
            send(exchange, 429, "{\"error\":{\"message\":\"Your budget is spent.\",\"code\":\"insufficient_quota\"}}");
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        for (String word : List.of("You ", "asked: ", prompt)) {
            out.write(("data: {\"choices\":[{\"delta\":{\"content\":" + JSON.writeValueAsString(word) + "}}]}\n\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        if (prompt.equals("break")) {
            out.write("data: {\"error\":{\"message\":\"The engine broke off.\",\"code\":\"engine_error\"}}\n\n".getBytes(StandardCharsets.UTF_8));
            return;
        }
        out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private String receipt() {
        if (receipts.getAndIncrement() < 2) {
            return "{\"id\":\"0195-id\",\"state\":\"open\"}";
        }
        return """
                {"id":"0195-id","state":"settled","route":"on-prem","model":"weir-small-moe","rule":"below-threshold",
                 "complexity":{"milli":120,"signals":[{"name":"length"},{"name":"verbs"}]},
                 "usage":{"inputFresh":12,"cacheRead":30,"cacheWrite":0,"output":5,"reasoning":0},
                 "cost":{"amount":"0.000012","currency":"USD"}}""";
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
