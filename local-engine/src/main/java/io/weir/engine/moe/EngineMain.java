package io.weir.engine.moe;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/**
 * The embedded engine's process. Prints one line, {@code ready http://HOST:PORT}, on standard output when it answers at full speed; everything else
 * goes to standard error. SIGTERM lets running answers finish for a while and ends with status 0.
 */
public final class EngineMain {
    private static final System.Logger LOG = System.getLogger(EngineMain.class.getName());
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int EXIT_USAGE = 2;

    private EngineMain() {}

    public static void main(String[] arguments) throws Exception {
        EngineOptions options;
        LoadedModel loaded;
        Kernels kernels = Kernels.best();
        try {
            options = EngineOptions.parse(List.of(arguments));
            loaded = LoadedModel.load(ModelFiles.resolve(options.model()), kernels);
        } catch (IllegalArgumentException | IOException unusable) {
            System.err.println(unusable.getMessage());
            System.exit(EXIT_USAGE);
            return;
        }
        EngineServer.Surroundings surroundings = new EngineServer.Surroundings(
                InstantSource.system(), () -> UUID.randomUUID().toString().replace("-", ""), new SecureRandom()::nextLong);
        new WarmUp(loaded, surroundings, System::nanoTime).run();
        EngineMetrics metrics = new EngineMetrics();
        Scheduler scheduler = new Scheduler(loaded.model(), loaded.tokenizer(), metrics, System::nanoTime, options.threads());
        EngineServer server = new EngineServer(loaded, scheduler, metrics, surroundings);
        int port = server.listen(options.host(), options.port());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(scheduler, server), "weir-stop"));
        LOG.log(Level.INFO, "model {0}, kernels {1}, lanes {2}", loaded.name(), kernels.name(), options.threads());
        System.out.println("ready http://" + options.host() + ":" + port);
    }

    private static void stop(Scheduler scheduler, EngineServer server) {
        scheduler.drain(DRAIN);
        scheduler.close();
        try {
            server.close();
        } catch (Exception stuck) {
            LOG.log(Level.WARNING, "the server did not close in time", stuck);
        }
        Runtime.getRuntime().halt(0);
    }
}
