package io.weir.launcher;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.Progress;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.data.Secrets;
import io.weir.launcher.part.EmbeddedPostgres;
import io.weir.launcher.part.EmbeddedRedis;
import io.weir.launcher.part.Login;
import io.weir.launcher.part.PostgresAccess;
import io.weir.launcher.part.PostgresProbe;
import io.weir.launcher.part.PostgresUrl;
import io.weir.launcher.part.RedisAccess;
import io.weir.launcher.part.RedisProbe;
import io.weir.launcher.part.RedisUrl;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Ports;
import io.weir.launcher.process.Probe;
import io.weir.launcher.process.Supervisor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** PostgreSQL and Redis, embedded or by URL. Each method blocks until its store answers. */
final class Stores {
    /** Recovery after a crash may take a while; an idle machine needs about a second. */
    private static final Duration EMBEDDED_MAX = Duration.ofSeconds(60);

    /** Questions to a store somewhere else before its address is taken for wrong. */
    private static final int EXTERNAL_TRIES = 3;

    private final Settings settings;
    private final Machine machine;
    private final DataFolder data;
    private final Supervisor supervisor;
    private final Progress progress;
    private final Secrets secrets;
    private final SecureRandom random = new SecureRandom();

    Stores(Settings settings, Machine machine, DataFolder data, Supervisor supervisor, Progress progress) {
        this.settings = settings;
        this.machine = machine;
        this.data = data;
        this.supervisor = supervisor;
        this.progress = progress;
        this.secrets = new Secrets(data.secretsFolder(), random);
    }

    DataFolder data() {
        return data;
    }

    Secrets secrets() {
        return secrets;
    }

    Supervisor supervisor() {
        return supervisor;
    }

    PostgresAccess postgres(Ports ports, Map<String, String> environment) {
        if (settings.postgres().isPresent()) {
            return external(settings.postgres().get(), environment);
        }
        int port = ports.free();
        EmbeddedPostgres postgres = new EmbeddedPostgres(machine, data, secrets, supervisor, progress);
        String parts = environment.getOrDefault("WEIR_PARTS", "");
        ChildSpec spec = postgres.prepare(port, random, parts.isBlank() ? Optional.empty() : Optional.of(Path.of(parts)));
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, EMBEDDED_MAX);
        progress.step("PostgreSQL answers on 127.0.0.1:" + port);
        return postgres.access(port);
    }

    RedisAccess redis(Ports ports) {
        if (settings.redis().isPresent()) {
            return external(settings.redis().get());
        }
        int port = ports.free();
        EmbeddedRedis redis = new EmbeddedRedis(machine, data, secrets);
        ChildSpec spec = redis.prepare(port);
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, EMBEDDED_MAX);
        progress.step("Redis answers on 127.0.0.1:" + port);
        return redis.access(port);
    }

    /** The migrator may be another role: then its variables are passed on as they are. */
    private PostgresAccess external(PostgresUrl url, Map<String, String> environment) {
        demand(new PostgresProbe(new InetSocketAddress(url.host(), url.port()), url.user(), url.database()), "--postgres", url.jdbcUrl());
        progress.step("PostgreSQL answers at " + url.host() + ":" + url.port());
        Login app = new Login(url.user(), secrets.keep("postgres.external", url.password()));
        String migrator = environment.getOrDefault("WEIR_POSTGRES_MIGRATOR_USER", "");
        String file = environment.getOrDefault("WEIR_POSTGRES_MIGRATOR_PASSWORD_FILE", "");
        boolean apart = !migrator.isEmpty() && !file.isEmpty();
        return new PostgresAccess(url.jdbcUrl(), app, apart ? new Login(migrator, Path.of(file).toAbsolutePath()) : app);
    }

    private RedisAccess external(RedisUrl url) {
        if (!url.isTls()) {
            List<String> credentials = url.password().isEmpty() ? List.of() : List.of(url.password());
            demand(new RedisProbe(new InetSocketAddress(url.host(), url.port()), credentials), "--redis", url.url());
            progress.step("Redis answers at " + url.host() + ":" + url.port());
        }
        Optional<Path> passwordFile =
                url.password().isEmpty() ? Optional.empty() : Optional.of(secrets.keep("redis.external", url.password()));
        return new RedisAccess(url.url(), passwordFile);
    }

    private static void demand(Probe probe, String flag, String url) {
        for (int tried = 0; tried < EXTERNAL_TRIES; tried++) {
            if (probe.answers()) {
                return;
            }
        }
        throw new LaunchFailure(flag + ": nothing that serves us answers at " + url + ".");
    }
}
