package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;

/** Which binaries lie on the launcher's class path, and under which names. */
final class Parts {
    private final Properties versions;

    private Parts(Properties versions) {
        this.versions = versions;
    }

    static Parts onClassPath() {
        Properties versions = new Properties();
        try (InputStream in = Parts.class.getResourceAsStream("/io/weir/launcher/parts.properties")) {
            versions.load(in);
            return new Parts(versions);
        } catch (IOException e) {
            throw new LaunchFailure("The launcher's own jar cannot be read: " + e.getMessage(), e);
        }
    }

    String postgresVersion() {
        return versions.getProperty("postgres.version");
    }

    String redisVersion() {
        return versions.getProperty("redis.version");
    }

    InputStream postgres(Machine machine) {
        String arch = machine.arch().equals("arm64") ? "arm_64" : "x86_64";
        return found("postgres-" + machine.system() + "-" + arch + ".txz")
                .orElseThrow(() -> missing("PostgreSQL", "--postgres URL", machine));
    }

    InputStream redis(Machine machine) {
        String version = machine.system().equals("linux") && machine.arch().equals("arm64") ? "6.2.7" : "6.2.6-v5";
        return found("redis-server-" + version + "-" + machine.system() + "-" + machine.arch())
                .orElseThrow(() -> missing("Redis", "--redis URL", machine));
    }

    private static Optional<InputStream> found(String resource) {
        return Optional.ofNullable(Parts.class.getResourceAsStream("/" + resource));
    }

    private static LaunchFailure missing(String part, String flag, Machine machine) {
        return new LaunchFailure("Weir brings no " + part + " for " + machine.system() + " on " + machine.arch()
                + ": start one yourself and name it with " + flag + ".");
    }
}
