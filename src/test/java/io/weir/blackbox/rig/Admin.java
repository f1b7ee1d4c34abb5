package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The platform admin: works at the first gateway, and waits until all gateways know. */
public final class Admin {

    /** A change reaches every replica within this. */
    private static final Duration KNOWN = Duration.ofSeconds(10);

    private final Http http;
    private final List<URI> gateways;
    private final String key;

    Admin(Http http, List<URI> gateways, String key) {
        this.http = http;
        this.gateways = List.copyOf(gateways);
        this.key = key;
    }

    /**
     * A tenant with one key.
     *
     * @param id     the tenant's
     * @param keyId  the key's
     * @param caller somebody with that key at the first gateway
     */
    public record Made(String id, String keyId, Caller caller) {
    }

    /** null: no limit. */
    public record Limits(@Nullable Long requestsPerMinute, @Nullable Long tokensPerMinute, @Nullable Long monthlyBudgetNanos) {

        public static final Limits NONE = new Limits(null, null, null);

        public static Limits budget(long nanos) {
            return new Limits(null, null, nanos);
        }

        public static Limits requests(long perMinute) {
            return new Limits(perMinute, null, null);
        }

        String json() {
            return Json.object().put("requestsPerMinute", requestsPerMinute).put("tokensPerMinute", tokensPerMinute)
                    .put("monthlyBudgetNanos", monthlyBudgetNanos).toString();
        }
    }

    public Reply send(String method, String path, String body) {
        return send(method, path, body, key);
    }

    /** The same with another credential. */
    public Reply send(String method, String path, String body, String credential) {
        return http.send(HttpRequest.newBuilder(URI.create(gateways.getFirst() + path))
                .header("authorization", "Bearer " + credential)
                .header("content-type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    public Reply get(String path) {
        return send("GET", path, "");
    }

    /** A tenant of a name of its own, with a key that all gateways know. */
    public Made tenant(String name) {
        return tenant(name, Limits.NONE, Json.object());
    }

    /** The same, labelled. */
    public Made tenant(String name, String sensitivity) {
        return tenant(name, Limits.NONE, Json.object().put("sensitivity", sensitivity));
    }

    /** The same, whose fields that are not built are ignored and named. */
    public Made lenientTenant(String name) {
        return tenant(name, Limits.NONE, Json.object().put("unsupportedFields", "ignore"));
    }

    /** The same, with limits from the start. */
    public Made tenant(String name, Limits limits) {
        return tenant(name, limits, Json.object());
    }

    private Made tenant(String name, Limits limits, ObjectNode more) {
        String id = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        demand(send("POST", "/admin/v1/tenants", more.put("id", id).put("name", name).toString()), 201);
        if (!limits.equals(Limits.NONE)) {
            demand(send("PUT", "/admin/v1/tenants/" + id + "/limits", limits.json()), 200);
        }
        return key(id);
    }

    /** A further key of a tenant. */
    public Made key(String tenant) {
        JsonNode made = demand(send("POST", "/admin/v1/tenants/" + tenant + "/keys", "{\"name\":\"test\"}"), 201).json();
        Caller caller = new Caller(http, gateways.getFirst(), made.path("key").asText());
        for (URI gateway : gateways) {
            Awaitility.await().atMost(KNOWN).pollInterval(Duration.ofMillis(20))
                    .until(() -> caller.at(gateway).get("/v1/models").status() == 200);
        }
        return new Made(tenant, made.path("id").asText(), caller);
    }

    /**
     * Gives a tenant a budget, and waits until every gateway refuses a request whose worst case is above it.
     *
     * @param above a request with a higher worst case, at which the gateways are asked by explain alone
     */
    public void budget(Made tenant, long nanos, Chat above) {
        demand(send("PUT", "/admin/v1/tenants/" + tenant.id() + "/limits", Limits.budget(nanos).json()), 200);
        for (URI gateway : gateways) {
            Awaitility.await().atMost(KNOWN).pollInterval(Duration.ofMillis(20)).until(() -> {
                JsonNode admission = tenant.caller().at(gateway).explain(above).json().path("admission");
                return admission.path("cause").asText().equals("above_budget");
            });
        }
    }

    private static Reply demand(Reply reply, int status) {
        if (reply.status() != status) {
            throw new AssertionError("expected " + status + ", got " + reply);
        }
        return reply;
    }
}
