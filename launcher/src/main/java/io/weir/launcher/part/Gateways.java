package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The gateway processes: one packaged application, configured by environment alone. */
public final class Gateways {
    /** Variables of the launcher's own flags: a gateway that found them would take them for settings. */
    private static final List<String> LAUNCHER_ONLY = List.of(
            "WEIR_DATA", "WEIR_POSTGRES", "WEIR_REDIS", "WEIR_ENGINE", "WEIR_PRICE", "WEIR_BEDROCK", "WEIR_GATEWAYS",
            "WEIR_PARTS", "WEIR_GATEWAY_JAVA_OPTS", "WEIR_BUILD", "WEIR_BEDROCK_MODELS");

    private final Path clone;
    private final DataFolder data;
    private final HttpClient client;
    private final String extraJavaOptions;

    /** {@code extraJavaOptions}: separated by blanks, after and therefore above the launcher's own. */
    public Gateways(Path clone, DataFolder data, HttpClient client, String extraJavaOptions) {
        this.clone = clone;
        this.data = data;
        this.client = client;
        this.extraJavaOptions = extraJavaOptions;
    }

    /** How to start one gateway over these stores and this engine. */
    public ChildSpec prepare(Gateway gateway, PostgresAccess postgres, RedisAccess redis, EngineAccess engines) {
        List<String> arguments = new ArrayList<>(javaOptions());
        arguments.addAll(List.of("-jar", built().toString()));
        return new JavaCommand(data)
                .child(gateway.name(), Role.GATEWAY, arguments)
                .withEnvironment(environment(gateway, postgres, redis, engines), withheld(redis))
                .answering(new HttpProbe(client, URI.create(gateway.endpoint() + "/q/health/ready")));
    }

    /** The packaged application; fails with a sentence where it is not there. */
    public Path built() {
        Path jar = clone.resolve("gateway").resolve("target").resolve("quarkus-app").resolve("quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new LaunchFailure("The gateway is not built (" + jar + "): ./weir up builds it.");
        }
        return jar;
    }

    private List<String> javaOptions() {
        List<String> extra = Stream.of(extraJavaOptions.split("\\s+")).filter(option -> !option.isEmpty()).toList();
        List<String> options = new ArrayList<>(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"));
        if (extra.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
            options.add("-XX:+UseSerialGC");
        }
        options.addAll(extra);
        return options;
    }

    private Map<String, String> environment(
            Gateway gateway, PostgresAccess postgres, RedisAccess redis, EngineAccess engines) {
        Map<String, String> variables = new HashMap<>();
        variables.put("WEIR_MODE", "dev");
        variables.put("WEIR_PORT", Integer.toString(gateway.port()));
        variables.put("WEIR_MANAGEMENT_PORT", Integer.toString(gateway.managementPort()));
        variables.put("WEIR_INSTANCE", gateway.name());
        variables.put("WEIR_POSTGRES_URL", postgres.jdbcUrl());
        variables.put("WEIR_POSTGRES_USER", postgres.app().user());
        variables.put("WEIR_POSTGRES_PASSWORD_FILE", postgres.app().passwordFile().toString());
        variables.put("WEIR_POSTGRES_MIGRATOR_USER", postgres.migrator().user());
        variables.put("WEIR_POSTGRES_MIGRATOR_PASSWORD_FILE", postgres.migrator().passwordFile().toString());
        variables.put("WEIR_REDIS_URL", redis.url());
        redis.passwordFile().ifPresent(file -> variables.put("WEIR_REDIS_PASSWORD_FILE", file.toString()));
        variables.put("WEIR_ENGINE_URL", engines.onPrem().toString());
        if (!engines.bedrockModels().isEmpty()) {
            variables.put("WEIR_BEDROCK_MODELS", String.join(",", engines.bedrockModels()));
        }
        variables.put("WEIR_PRICE_BOOK", clone.resolve("deploy").resolve("pricebook.yaml").toString());
        variables.put("WEIR_ADMIN_KEY_FILE", data.adminKey().toString());
        return variables;
    }

    private static List<String> withheld(RedisAccess redis) {
        List<String> names = new ArrayList<>(LAUNCHER_ONLY);
        if (redis.passwordFile().isEmpty()) {
            names.add("WEIR_REDIS_PASSWORD_FILE");
        }
        return names;
    }
}
