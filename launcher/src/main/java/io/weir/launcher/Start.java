package io.weir.launcher;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.part.EmbeddedEngine;
import io.weir.launcher.part.EngineAccess;
import io.weir.launcher.part.Gateway;
import io.weir.launcher.part.Gateways;
import io.weir.launcher.part.HttpProbe;
import io.weir.launcher.part.PostgresAccess;
import io.weir.launcher.part.RedisAccess;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Ports;
import io.weir.launcher.process.Supervisor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The order of a start: PostgreSQL, Redis and the engine side by side, the gateways as soon as both stores answer, then the demo tenant,
 * the state file and the banner. Runs once, on the main thread; a {@link LaunchFailure} leaves it to the caller to stop what was started.
 */
final class Start {
    /** A gateway on a busy two-core machine takes about 10 s; the first one migrates the database, too. */
    private static final Duration GATEWAY_MAX = Duration.ofSeconds(90);

    /** Loading 15 MB and warming up takes about 2 s. */
    private static final Duration ENGINE_MAX = Duration.ofSeconds(60);

    private final Surroundings surroundings;
    private final Settings settings;
    private final Stores stores;
    private final Console console;
    private final Supervisor supervisor;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    Start(Surroundings surroundings, Settings settings, Stores stores, Console console) {
        this.surroundings = surroundings;
        this.settings = settings;
        this.stores = stores;
        this.console = console;
        this.supervisor = stores.supervisor();
    }

    /** Returns when Weir is ready and the banner stands. */
    void run(List<Gateway> gateways, Ports ports, ExecutorService threads, StateFile state) {
        Gateways application = application();
        EmbeddedEngine embedded = new EmbeddedEngine(surroundings.home(), stores.data(), client);
        application.built();
        if (settings.engine().isEmpty()) {
            embedded.built();
        }
        String adminKey = stores.secrets().orMade(stores.data().adminKey(), "weir_admin_");
        Future<PostgresAccess> postgres = threads.submit(() -> stores.postgres(ports, surroundings.environment()));
        Future<RedisAccess> redis = threads.submit(() -> stores.redis(ports));
        int enginePort = ports.free();
        Future<?> engine = threads.submit(() -> engine(embedded, enginePort));
        URI onPrem = settings.engine().orElse(URI.create("http://127.0.0.1:" + enginePort));
        Running running = new Running(
                stores.data(), done(postgres), done(redis), new EngineAccess(onPrem, settings.bedrockModels()), gateways);
        gateways(application, running);
        demo(running, adminKey);
        done(engine);
        supervisor.afterRestart(() -> state.write(running, supervisor.children()));
        state.write(running, supervisor.children());
        Banner banner = new Banner(surroundings.environment(), surroundings.settings().defaultData());
        console.say(banner.text(running, settings.engine().isEmpty()));
    }

    /** Blocks until a child died too often, and says so; null when a signal came. */
    @Nullable String awaitFailure() {
        return supervisor.awaitFailure();
    }

    private void engine(EmbeddedEngine embedded, int port) {
        if (settings.engine().isPresent()) {
            URI url = settings.engine().get();
            boolean answers = new HttpProbe(client, URI.create(url + "/health")).answers()
                    || new HttpProbe(client, URI.create(url + "/v1/models")).answers();
            if (answers) {
                console.step("The engine at " + url + " answers");
            } else {
                console.warn("The engine at " + url + " does not answer yet; requests wait for it or fail");
            }
            return;
        }
        ChildSpec spec = embedded.prepare(port);
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, ENGINE_MAX);
        console.step("The embedded engine answers on 127.0.0.1:" + port);
    }

    private Gateways application() {
        String extra = surroundings.environment().getOrDefault("WEIR_GATEWAY_JAVA_OPTS", "");
        return new Gateways(surroundings.home(), stores.data(), client, extra);
    }

    private void gateways(Gateways gateways, Running running) {
        List<ChildSpec> specs = new ArrayList<>();
        for (Gateway gateway : running.gateways()) {
            ChildSpec spec = gateways.prepare(gateway, running.postgres(), running.redis(), running.engines());
            supervisor.start(spec);
            specs.add(spec);
        }
        if (!settings.bedrockModels().isEmpty() && !surroundings.environment().containsKey("AWS_REGION")) {
            console.step("AWS_REGION is not set: unless the AWS SDK finds a region elsewhere, the gateway cannot start with Bedrock");
        }
        for (ChildSpec spec : specs) {
            supervisor.awaitAnswer(spec, GATEWAY_MAX);
            console.step(spec.name() + " is ready");
        }
    }

    private void demo(Running running, String adminKey) {
        try {
            Demo demo = new Demo(new AdminApi(client, running.first().endpoint()), running.data(), adminKey, console);
            demo.prepare();
            demo.add(settings.prices());
            demo.awaitModel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new LaunchFailure("Cannot write the demo tenant's files: " + e.getMessage(), e);
        }
    }

    private static <T> T done(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LaunchFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchFailure("Interrupted while starting.", e);
        }
    }
}
