package io.weir.gateway.bedrock;

import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.score.Residency;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of Bedrock's models by their ids: limits from a table (resource {@code models.csv}), residency from the id itself. A model the
 * table does not have gets limits that every text model of Bedrock's exceeds, so that no request is sent that cannot be answered. Immutable.
 *
 * <p>Source: Amazon Bedrock user guide, "Supported foundation models", "Supported Regions and models for inference profiles".
 */
public final class BedrockModels {

    /** Smaller than any text model Bedrock serves today. */
    static final ModelLimits UNKNOWN = new ModelLimits(8_000, 2_048);

    private static final Pattern ARN = Pattern.compile("arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]*:([a-z-]+)/(.+)");
    private static final Pattern PREFIXED = Pattern.compile("(global|us|us-gov|eu|apac|jp|au|ca|sa|me|af|il|uk|mx)\\.([a-z0-9-]+\\..+)");
    private static final Set<String> IN_REGION = Set.of("foundation-model", "provisioned-model", "custom-model", "imported-model", "custom-model-deployment");

    private final Map<String, ModelLimits> byPrefix;

    /** Reads the table. */
    public BedrockModels() {
        this.byPrefix = read();
    }

    /**
     * The model of that id. An id whose requests may travel further than one geography, or that does not tell how far, is refused: the privacy
     * fence could not be kept.
     */
    public BedrockModel of(String id) {
        Matcher arn = ARN.matcher(id);
        if (!arn.matches()) {
            return named(id, id);
        }
        String kind = arn.group(1);
        if (kind.equals("inference-profile")) {
            return named(id, arn.group(2));
        }
        if (IN_REGION.contains(kind)) {
            return new BedrockModel(new ModelId(id), limits(arn.group(2)), Residency.REGION);
        }
        throw new IllegalArgumentException("'" + id + "' does not say how far its requests travel. Name a model or a geographic inference profile.");
    }

    private BedrockModel named(String id, String name) {
        Matcher prefixed = PREFIXED.matcher(name);
        if (!prefixed.matches()) {
            return new BedrockModel(new ModelId(id), limits(name), Residency.REGION);
        }
        if (prefixed.group(1).equals("global")) {
            throw new IllegalArgumentException("'" + id + "' may be answered anywhere in the world. Name a geographic inference profile, such as 'us.' or 'eu.'.");
        }
        return new BedrockModel(new ModelId(id), limits(prefixed.group(2)), Residency.GEOGRAPHY);
    }

    private ModelLimits limits(String name) {
        return byPrefix.entrySet().stream()
                .filter(entry -> name.startsWith(entry.getKey()))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(UNKNOWN);
    }

    private static Map<String, ModelLimits> read() {
        InputStream resource = Objects.requireNonNull(BedrockModels.class.getResourceAsStream("models.csv"), "models.csv");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
            Map<String, ModelLimits> table = new LinkedHashMap<>();
            for (String line : lines) {
                String[] cells = line.split(",");
                table.put(cells[0].strip(), new ModelLimits(Integer.parseInt(cells[1].strip()), Integer.parseInt(cells[2].strip())));
            }
            return Map.copyOf(table);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
