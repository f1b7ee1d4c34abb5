package io.weir.gateway.config;

import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Route;
import io.weir.router.TokenPrice;
import io.weir.router.score.Residency;
import io.weir.tenancy.pricing.Dollars;
import io.weir.tenancy.pricing.NewPrice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A price book's file: models, and what their tokens cost from when on, in US dollars per 1,000,000 tokens. Read strictly, once, at start, by the
 * wiring: what is not understood is an error that names file, entry and field, never skipped, for a price that was read wrongly would be
 * charged. Amounts are quoted decimal strings, since YAML numbers are binary fractions.
 *
 * @param prices every price, in the file's order
 * @param models what each model is, in the file's order
 */
public record PriceBookFile(List<NewPrice> prices, Map<ModelId, Listed> models) {

    /** A thousand models with several prices each fit; a file that is larger is not a price book. */
    static final int MAX_BYTES = 1 << 20;

    /** file: models: list: model: prices: list: price, and one to spare. */
    private static final int MAX_DEPTH = 8;

    private static final Set<String> FILE_FIELDS = Set.of("currency", "models");
    private static final Set<String> MODEL_FIELDS =
            Set.of("model", "route", "residency", "contextWindow", "maxOutputTokens", "prices");
    private static final Set<String> PRICE_FIELDS =
            Set.of("effectiveFrom", "input", "cacheRead", "cacheWrite", "output", "source", "sourceDate");

    /**
     * What a model is.
     *
     * @param route where its engine stands
     * @param residency how far a request travels that goes there
     * @param limits its context window and output limit
     */
    public record Listed(Route route, Residency residency, ModelLimits limits) {}

    /** Reads a file; {@link IllegalArgumentException} says what is wrong with it. */
    public static PriceBookFile read(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(name + ": larger than " + MAX_BYTES + " bytes");
            }
            return parse(name, Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(name + ": cannot be read", e);
        }
    }

    /** Reads a file's text. */
    static PriceBookFile parse(String name, String text) {
        Entry file = Entry.of(name, load(name, text)).allow(FILE_FIELDS);
        if (!"USD".equals(file.text("currency"))) {
            throw file.wrong("currency", "is not USD, the one currency of the price book");
        }
        List<NewPrice> prices = new ArrayList<>();
        Map<ModelId, Listed> models = new LinkedHashMap<>();
        for (Entry entry : file.entries("models", "model")) {
            Entry model = entry.allow(MODEL_FIELDS);
            ModelId id = new ModelId(model.text("model"));
            if (models.put(id, listed(model)) != null) {
                throw model.wrong("model", "stands in the file already");
            }
            prices.addAll(prices(id, model));
        }
        return new PriceBookFile(List.copyOf(prices), Collections.unmodifiableMap(models));
    }

    private static Object load(String name, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_BYTES);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(name + ": not a YAML document as expected: " + e.getMessage(), e);
        }
    }

    private static Listed listed(Entry model) {
        ModelLimits limits = new ModelLimits(model.count("contextWindow"), model.count("maxOutputTokens"));
        return new Listed(route(model), residency(model), limits);
    }

    private static Route route(Entry model) {
        try {
            return Route.ofLabel(model.text("route"));
        } catch (IllegalArgumentException e) {
            throw model.wrong("route", "is neither 'on-prem' nor 'bedrock'");
        }
    }

    private static Residency residency(Entry model) {
        String label = model.text("residency");
        for (Residency residency : Residency.values()) {
            if (residency.name().toLowerCase(Locale.ROOT).equals(label)) {
                return residency;
            }
        }
        throw model.wrong("residency", "is none of 'premises', 'account', 'region', 'geography'");
    }

    private static List<NewPrice> prices(ModelId id, Entry model) {
        List<NewPrice> prices = new ArrayList<>();
        Set<Instant> dates = new HashSet<>();
        for (Entry entry : model.entries("prices", "effectiveFrom")) {
            Entry price = entry.allow(PRICE_FIELDS);
            Instant from = instant(price);
            if (!dates.add(from)) {
                throw price.wrong("effectiveFrom", "is another price's as well");
            }
            prices.add(new NewPrice(id, tokenPrice(price), from, price.text("source"), date(price)));
        }
        return prices;
    }

    /** A model without a prompt cache leaves the two cache prices out; what it reported all the same would be priced as fresh, never as nothing. */
    private static TokenPrice tokenPrice(Entry price) {
        long input = nanos(price, "input");
        return new TokenPrice(
                input,
                price.has("cacheRead") ? nanos(price, "cacheRead") : input,
                price.has("cacheWrite") ? nanos(price, "cacheWrite") : input,
                nanos(price, "output"));
    }

    private static long nanos(Entry price, String field) {
        try {
            return Dollars.toNanos(price.text(field));
        } catch (IllegalArgumentException e) {
            throw e instanceof Faulty ? e : price.wrong(field, "is not a decimal of at most nine digits before and after the point");
        }
    }

    private static Instant instant(Entry price) {
        try {
            return Instant.parse(price.text("effectiveFrom"));
        } catch (DateTimeException e) {
            throw price.wrong("effectiveFrom", "is not a time such as \"2026-01-31T00:00:00Z\"");
        }
    }

    private static LocalDate date(Entry price) {
        try {
            return LocalDate.parse(price.text("sourceDate"));
        } catch (DateTimeException e) {
            throw price.wrong("sourceDate", "is not a date such as \"2026-01-31\"");
        }
    }

    /** What is wrong, with its place. */
    private static final class Faulty extends IllegalArgumentException {
        Faulty(String message) {
            super(message);
        }
    }

    /**
     * One mapping of the file.
     *
     * @param place where it stands, for messages
     * @param fields its fields
     */
    private record Entry(String place, Map<?, ?> fields) {

        static Entry of(String place, Object value) {
            if (value instanceof Map<?, ?> fields) {
                return new Entry(place, fields);
            }
            throw new Faulty(place + ": fields are expected here");
        }

        Entry allow(Set<String> known) {
            for (Object field : fields.keySet()) {
                if (!(field instanceof String name) || !known.contains(name)) {
                    throw wrong(String.valueOf(field), "is not a field of the price book");
                }
            }
            return this;
        }

        boolean has(String field) {
            return fields.containsKey(field);
        }

        String text(String field) {
            Object value = fields.get(field);
            if (value == null) {
                throw wrong(field, "is missing");
            }
            if (!(value instanceof String text)) {
                throw wrong(field, "is not text: put it into quotes");
            }
            if (text.isBlank()) {
                throw wrong(field, "is empty");
            }
            return text;
        }

        int count(String field) {
            Object value = fields.get(field);
            if (value instanceof Integer count && count > 0) {
                return count;
            }
            throw wrong(field, value == null ? "is missing" : "is not a whole number above 0");
        }

        /** The mappings of a list, each named by the field that tells it apart. */
        List<Entry> entries(String field, String key) {
            if (!(fields.get(field) instanceof List<?> values) || values.isEmpty()) {
                throw wrong(field, "is not a list of at least one entry");
            }
            List<Entry> entries = new ArrayList<>(values.size());
            for (Object value : values) {
                String number = place + ", " + field + " " + (entries.size() + 1);
                Entry entry = of(number, value);
                entries.add(new Entry(entry.has(key) ? number + " (" + entry.fields.get(key) + ")" : number, entry.fields));
            }
            return entries;
        }

        Faulty wrong(String field, String why) {
            return new Faulty(place + ": '" + field + "' " + why);
        }
    }
}
