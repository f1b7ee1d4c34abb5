package io.weir.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.launcher.AdminApi.Answer;
import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.base.Progress;
import io.weir.launcher.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * What a person needs to send a first request: the demo tenant, its limits and its key, and the prices named on the command line. Done
 * through the gateway's admin API, as any administrator would. A start that was cut off is finished by the next; limits that an
 * administrator changed since are left alone.
 */
final class Demo {
    private static final String TENANT = "demo";
    private static final int REQUESTS_PER_MINUTE = 600;
    private static final int TOKENS_PER_MINUTE = 200_000;
    private static final long MONTHLY_BUDGET_NANOS = 10_000_000_000L;
    /** {@code auto} is always listed. */
    private static final int AUTO_ALONE = 1;
    /** Five seconds: the gateway looks at its engine, and at prices, at least every second. */
    private static final int MODEL_LOOKS = 50;
    private static final long MODEL_LOOK_MILLIS = 100;

    private final AdminApi api;
    private final DataFolder data;
    private final String adminKey;
    private final Progress progress;

    Demo(AdminApi api, DataFolder data, String adminKey, Progress progress) {
        this.api = api;
        this.data = data;
        this.adminKey = adminKey;
        this.progress = progress;
    }

    /** Makes the tenant and the key unless there is a key that the gateway takes. */
    void prepare() throws IOException {
        if (keyIsTaken()) {
            return;
        }
        boolean cutOff = Files.exists(data.demoUnfinished());
        PrivateFile.write(data.demoUnfinished(), "");
        boolean created = createTenant();
        if (created || cutOff) {
            setLimits();
        }
        createKey();
        Files.delete(data.demoUnfinished());
        progress.step("Demo tenant's key written to " + data.demoKey());
    }

    /** Adds each price to the price book, effective now. */
    void add(List<Price> prices) {
        for (Price price : prices) {
            ObjectNode body = api.object()
                    .put("model", price.model())
                    .put("currency", "USD")
                    .put("inputPerMillion", price.input())
                    .put("outputPerMillion", price.output());
            price.cached().ifPresent(cached -> body.put("cacheReadPerMillion", cached));
            body.put("source", "./weir up --price");
            demand(api.send("POST", "/admin/v1/prices", body, adminKey), "take the price of " + price.model());
            progress.step("Price of " + price.model() + " entered");
        }
    }

    /** Waits a little until a priced model is up, so that the banner's curl line works when pasted; says so where none is. */
    void awaitModel() throws IOException, InterruptedException {
        String key = PrivateFile.read(data.demoKey());
        for (int look = 0; look < MODEL_LOOKS; look++) {
            if (api.get("/v1/models", key).body().path("data").size() > AUTO_ALONE) {
                return;
            }
            Thread.sleep(MODEL_LOOK_MILLIS);
        }
        progress.step("No model answers yet: the engine is not up, or its model has no price (--price MODEL=IN,OUT)");
    }

    private boolean keyIsTaken() throws IOException {
        if (!Files.exists(data.demoKey())) {
            return false;
        }
        Answer answer = api.get("/v1/models", PrivateFile.read(data.demoKey()));
        if (answer.status() != 401) {
            return true;
        }
        progress.step("The key in " + data.demoKey() + " is no longer taken; a new one is made");
        return false;
    }

    private boolean createTenant() {
        Answer answer = api.send("POST", "/admin/v1/tenants", api.object().put("id", TENANT).put("name", "Demo"), adminKey);
        if (answer.status() == 409) {
            return false;
        }
        demand(answer, "create the demo tenant");
        return true;
    }

    private void setLimits() {
        ObjectNode limits = api.object()
                .put("requestsPerMinute", REQUESTS_PER_MINUTE)
                .put("tokensPerMinute", TOKENS_PER_MINUTE)
                .put("monthlyBudgetNanos", MONTHLY_BUDGET_NANOS);
        demand(api.send("PUT", "/admin/v1/tenants/" + TENANT + "/limits", limits, adminKey), "set the demo tenant's limits");
    }

    private void createKey() throws IOException {
        Answer answer = api.send(
                "POST", "/admin/v1/tenants/" + TENANT + "/keys", api.object().put("name", TENANT), adminKey);
        demand(answer, "make the demo tenant's key");
        String key = answer.body().path("key").asText();
        if (key.isEmpty()) {
            throw new LaunchFailure("The gateway made a key for the demo tenant but did not show it.");
        }
        PrivateFile.write(data.demoKey(), key);
    }

    private static void demand(Answer answer, String what) {
        if (answer.status() / 100 != 2) {
            String message = answer.body().path("error").path("message").asText(answer.body().path("message").asText(""));
            throw new LaunchFailure("The gateway did not " + what + ": HTTP " + answer.status()
                    + (message.isEmpty() ? "" : " (" + message + ")") + ".");
        }
    }
}
