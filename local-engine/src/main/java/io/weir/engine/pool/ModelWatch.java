package io.weir.engine.pool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.weir.router.Candidate.Health;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.ServedModel;
import io.weir.router.Tasks;
import io.weir.router.chat.Limits;
import io.weir.router.score.Residency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one engine: is it well, and what does it serve? {@code GET /health} (where there is none, {@code /v1/models}) says the first, {@code
 * GET /v1/models} the second: when the engine comes up, and every few looks. An engine that refuses or says that it is not ready is down at once;
 * one that is silent is down the second time, because a busy machine can be late once. Models stay listed, as down, while their engine is.
 */
final class ModelWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelWatch.class);

    private static final String HEALTH = "/health";
    private static final String MODELS = "/v1/models";
    private static final int NOT_FOUND = 404;
    /** Models hardly ever change while an engine runs. */
    private static final int LOOKS_PER_LISTING = 10;
    /** No engine serves more; bounds what a wrong URL can make the gateway hold. */
    private static final int MODELS_MAX = 256;
    /** Above this an answer is a document. */
    private static final int MAX_OUTPUT_TOKENS = 4_096;

    private final Upstream upstream;
    private final OnPremOptions options;
    private final Tasks tasks;
    private volatile List<ServedModel> models = List.of();
    private Tasks.@Nullable Handle series;

    // On the task alone.
    private Health health = Health.DOWN;
    private boolean wasSilent;
    private int looks;

    private record Listed(ModelId model, ModelLimits limits) {}

    ModelWatch(Upstream upstream, OnPremOptions options, Tasks tasks) {
        this.upstream = upstream;
        this.options = options;
        this.tasks = tasks;
    }

    synchronized void start() {
        if (series == null) {
            series = tasks.every("engine-health", options.checks().period(), this::look);
        }
    }

    List<ServedModel> models() {
        return models;
    }

    private void look() {
        Health seen = seen();
        List<ServedModel> known = models;
        boolean list = seen == Health.UP && (health == Health.DOWN || known.isEmpty() || looks % LOOKS_PER_LISTING == 0);
        looks++;
        List<Listed> listed = list ? list() : null;
        if (listed == null) {
            listed = known.stream().map(model -> new Listed(model.model(), model.limits())).toList();
        }
        List<ServedModel> now = listed.stream()
                .map(model -> new ServedModel(model.model(), model.limits(), Residency.PREMISES, seen))
                .toList();
        if (!now.equals(known) || seen != health) {
            LOG.info("engine={} health={} models={}", options.id(), seen, now.size());
        }
        health = seen;
        models = now;
    }

    private Health seen() {
        HealthCheck.Result result = get(HEALTH);
        if (result instanceof HealthCheck.Result.Answered answered && answered.status() == NOT_FOUND) {
            result = get(MODELS);
        }
        boolean silentBefore = wasSilent;
        wasSilent = result instanceof HealthCheck.Result.Silent;
        return switch (result) {
            case HealthCheck.Result.Answered answered -> answered.status() / 100 == 2 ? Health.UP : Health.DOWN;
            case HealthCheck.Result.Refused refused -> Health.DOWN;
            case HealthCheck.Result.Silent silent -> silentBefore ? Health.DOWN : health;
        };
    }

    private HealthCheck.Result get(String path) {
        return HealthCheck.get(upstream, path, options.checks().timeout());
    }

    /** What the engine serves, or null where it did not say. */
    private @Nullable List<Listed> list() {
        if (!(get(MODELS) instanceof HealthCheck.Result.Answered answered) || answered.status() != 200) {
            return null;
        }
        try (JsonParser parser = upstream.dialect().json().createParser(answered.body())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (name.equals("data") && value == JsonToken.START_ARRAY) {
                    return readList(parser);
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException notJson) {
            return null;
        }
    }

    private List<Listed> readList(JsonParser parser) throws IOException {
        List<Listed> listed = new ArrayList<>();
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            Listed model = readModel(parser);
            if (model != null && listed.size() < MODELS_MAX && listed.stream().noneMatch(other -> other.model().equals(model.model()))) {
                listed.add(model);
            }
        }
        return listed;
    }

    private @Nullable Listed readModel(JsonParser parser) throws IOException {
        String id = null;
        int length = 0;
        int served = 0;
        int trained = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("id") && value == JsonToken.VALUE_STRING) {
                id = parser.getText();
            } else if (name.equals("max_model_len")) {
                length = readTokens(parser);
            } else if (name.equals("meta") && value == JsonToken.START_OBJECT) {
                for (String detail = parser.nextFieldName(); detail != null; detail = parser.nextFieldName()) {
                    parser.nextToken();
                    switch (detail) {
                        case "n_ctx" -> served = readTokens(parser);
                        case "n_ctx_train" -> trained = readTokens(parser);
                        default -> parser.skipChildren();
                    }
                }
            } else {
                parser.skipChildren();
            }
        }
        int context = length > 0 ? length : served > 0 ? served : trained > 0 ? trained : options.models().contextWindow();
        return id != null && isName(id) ? new Listed(new ModelId(id), limits(context)) : null;
    }

    private ModelLimits limits(int context) {
        Integer configured = options.models().maxOutputTokens();
        int output = configured != null ? Math.min(configured, context) : Math.clamp(context / 2, 1, MAX_OUTPUT_TOKENS);
        return new ModelLimits(context, output);
    }

    private static int readTokens(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            parser.skipChildren();
            return 0;
        }
        return (int) Math.clamp(parser.getLongValue(), 0L, Integer.MAX_VALUE);
    }

    /** Names stand in logs, headers and rows. */
    private static boolean isName(String id) {
        return !id.isEmpty()
                && id.length() <= Limits.MODEL_CHARACTERS
                && !id.equals(ModelId.AUTO)
                && id.chars().allMatch(unit -> unit > ' ' && unit < 0x7F);
    }

    @Override
    public synchronized void close() {
        if (series != null) {
            series.close();
        }
    }
}
