package io.weir.launcher;

import io.weir.launcher.SettingsReader.Flags;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir up}: the flags; {@link Up} does the work. */
@Command(
        name = "up",
        sortOptions = false,
        description = {
            "Starts everything on this machine's loopback and stays: PostgreSQL, Redis, the embedded on-prem engine and the gateway.",
            "Ctrl-C stops it all. Every flag is also a weir.* system property and a WEIR_* environment variable; the flag wins.",
            ""},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:stopped by Ctrl-C or SIGTERM", "1:something could not be started, or kept dying", "2:a flag cannot be used"})
final class UpCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(names = "--port", paramLabel = "P", description = "API port of the first gateway (default 8080; 0 for free ports)")
    @Nullable String port;

    @Option(names = "--data", paramLabel = "DIR", description = "where everything is kept (default .weir in the clone)")
    @Nullable String data;

    @Option(names = "--postgres", paramLabel = "URL", description = {
        "a PostgreSQL of your own instead of the embedded one:", "postgres://USER:PASSWORD@HOST:PORT/DATABASE or a jdbc: URL"})
    @Nullable String postgres;

    @Option(names = "--redis", paramLabel = "URL", description = {
        "a Redis of your own instead of the embedded one:", "redis://:PASSWORD@HOST:PORT"})
    @Nullable String redis;

    @Option(names = "--engine", paramLabel = "URL",
            description = "an OpenAI-compatible on-prem engine (vLLM, SGLang, llama-server) instead of the embedded one")
    @Nullable String engine;

    @Option(names = "--price", paramLabel = "MODEL=IN,OUT[,CACHED]", description = {
        "US dollars per 1,000,000 tokens of a model; repeatable", "(in WEIR_PRICE: separated by ';')"})
    List<String> price = List.of();

    @Option(names = "--bedrock", paramLabel = "MODEL[,...]", description = {
        "AWS Bedrock's models to route to; region, endpoint and credentials", "come from the AWS SDK's own chain (AWS_REGION, ...)"})
    List<String> bedrock = List.of();

    @Option(names = "--gateways", paramLabel = "N", description = "so many gateway processes, on ports P, P+1, ... (default 1)")
    @Nullable String gateways;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this")
    boolean help;

    UpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings settings = surroundings.settings()
                .read(new Flags(port, data, postgres, redis, engine, price, bedrock, gateways));
        return new Up(surroundings, settings, new Console(surroundings.out(), System::nanoTime)).run();
    }
}
