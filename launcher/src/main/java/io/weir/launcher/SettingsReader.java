package io.weir.launcher;

import io.weir.launcher.part.PostgresUrl;
import io.weir.launcher.part.RedisUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from the flags, else from the {@code weir.*} system properties, else from the {@code WEIR_*} environment variables, and
 * refuses what cannot be used with a sentence that names where it came from. Starts and changes nothing.
 */
final class SettingsReader {
    private static final String DEFAULT_PORT = "8080";
    private static final int PORT_MAX = 65_535;

    /** Each gateway takes 256 MB of heap; a machine that carries more of them is better run without this launcher. */
    private static final int GATEWAYS_MAX = 16;

    private final Map<String, String> environment;
    private final Properties properties;
    private final Path clone;

    SettingsReader(Map<String, String> environment, Properties properties, Path clone) {
        this.environment = environment;
        this.properties = properties;
        this.clone = clone;
    }

    /** The flags as typed; an empty list or null where a flag was not given. */
    record Flags(
            @Nullable String port,
            @Nullable String data,
            @Nullable String postgres,
            @Nullable String redis,
            @Nullable String engine,
            List<String> price,
            List<String> bedrock,
            @Nullable String gateways) {
    }

    /** A value and where it came from. */
    private record Given(String origin, String value) {

        <T> T as(Function<String, T> parse) {
            try {
                return parse.apply(value);
            } catch (IllegalArgumentException e) {
                throw new UsageFailure(origin + " " + e.getMessage() + ".");
            }
        }
    }

    Settings read(Flags flags) {
        int gateways = single("gateways", flags.gateways()).orElse(new Given("", "1")).as(text -> number(text, 1, GATEWAYS_MAX));
        Given portGiven = single("port", flags.port()).orElse(new Given("--port", DEFAULT_PORT));
        int port = portGiven.as(text -> number(text, 0, PORT_MAX));
        if (port + gateways - 1 > PORT_MAX) {
            throw new UsageFailure(portGiven.origin() + " " + port + " leaves no room for " + gateways + " gateways below "
                    + (PORT_MAX + 1) + ".");
        }
        return new Settings(
                port,
                data(flags.data()),
                single("postgres", flags.postgres()).map(given -> given.as(PostgresUrl::parse)),
                single("redis", flags.redis()).map(given -> given.as(RedisUrl::parse)),
                single("engine", flags.engine()).map(given -> given.as(SettingsReader::engineUrl)),
                several("price", flags.price(), "[;\\s]+").stream().map(given -> given.as(Price::parse)).toList(),
                several("bedrock", flags.bedrock(), ",").stream().map(given -> given.as(SettingsReader::model)).distinct().toList(),
                gateways);
    }

    /** The data folder: what {@code ask} needs, too. */
    Path data(@Nullable String flag) {
        return single("data", flag)
                .map(given -> given.as(text -> Path.of(text).toAbsolutePath().normalize()))
                .orElseGet(this::defaultData);
    }

    Path defaultData() {
        return clone.resolve(".weir");
    }

    private Optional<Given> single(String name, @Nullable String flag) {
        if (flag != null) {
            return Optional.of(new Given("--" + name, flag));
        }
        String property = properties.getProperty("weir." + name, "");
        if (!property.isBlank()) {
            return Optional.of(new Given("weir." + name, property));
        }
        String variable = "WEIR_" + name.toUpperCase(Locale.ROOT);
        String value = environment.getOrDefault(variable, "");
        return value.isBlank() ? Optional.empty() : Optional.of(new Given(variable, value));
    }

    private List<Given> several(String name, List<String> flags, String separator) {
        List<Given> given = new ArrayList<>();
        if (!flags.isEmpty()) {
            flags.forEach(flag -> given.add(new Given("--" + name, flag)));
        } else {
            single(name, null).ifPresent(given::add);
        }
        return given.stream()
                .flatMap(list -> List.of(list.value().split(separator)).stream().map(part -> new Given(list.origin(), part.strip())))
                .toList();
    }

    private static int number(String text, int least, int most) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a number from " + least + " to " + most + ": " + text, e);
        }
        throw new IllegalArgumentException("is not a number from " + least + " to " + most + ": " + text);
    }

    private static String model(String text) {
        if (!text.matches(Price.MODEL)) {
            throw new IllegalArgumentException("is not MODEL[,MODEL...]: " + text);
        }
        return text;
    }

    private static URI engineUrl(String text) {
        String plain = text.strip().replaceFirst("/+$", "").replaceFirst("/v1$", "").replaceFirst("/+$", "");
        URI uri;
        try {
            uri = URI.create(plain);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is no URL: " + text, e);
        }
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("is no plain http:// or https:// URL such as http://127.0.0.1:8000");
        }
        return uri;
    }
}
