package io.weir.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir ask}: the flags; {@link Ask} does the work. */
@Command(
        name = "ask",
        sortOptions = false,
        description = {"Sends one prompt to the running Weir with the demo key, streams the answer, and says what it cost and why.", ""},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:answered", "1:refused, broken off, or Weir does not run", "2:a flag cannot be used"})
final class AskCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(names = "--data", paramLabel = "DIR", description = "the data folder of the running Weir (default .weir in the clone)")
    @Nullable String data;

    @Option(names = "--model", paramLabel = "MODEL", description = "a model's own name pins it (default: auto)")
    String model = "auto";

    @Parameters(arity = "1..*", paramLabel = "PROMPT", description = "what to ask")
    List<String> prompt = List.of();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this")
    boolean help;

    AskCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Path folder = surroundings.settings().data(data);
        return new Ask(folder, surroundings.out(), System::nanoTime).ask(model, String.join(" ", prompt));
    }
}
