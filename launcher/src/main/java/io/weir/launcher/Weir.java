package io.weir.launcher;

import io.weir.launcher.base.LaunchFailure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code ./weir} runs once everything is built. The verb {@code test} is the script's own, as it builds. */
@Command(name = "weir", description = "Weir, a routing gateway for language models.")
public final class Weir implements Callable<Integer> {
    private static final int USAGE = 2;

    @Spec
    CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this")
    boolean help;

    /** Runs one verb and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(execute(Surroundings.current(), arguments));
    }

    static int execute(Surroundings surroundings, String... arguments) {
        PrintWriter err = new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8);
        return new CommandLine(new Weir())
                .addSubcommand(new UpCommand(surroundings))
                .addSubcommand(new AskCommand(surroundings))
                .addSubcommand(new CommandLine.HelpCommand())
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(err)
                .setParameterExceptionHandler((problem, given) -> refuse(problem, err))
                .setExecutionExceptionHandler((problem, command, given) -> explain(problem, err))
                .execute(arguments);
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }

    private static int refuse(ParameterException problem, PrintWriter err) {
        String command = problem.getCommandLine().getCommandSpec().qualifiedName();
        err.println(command + ": " + problem.getMessage() + ". ./" + command + " --help says what there is.");
        return USAGE;
    }

    private static int explain(Exception problem, PrintWriter err) {
        switch (problem) {
            case UsageFailure usage -> {
                err.println("weir: " + usage.getMessage());
                return USAGE;
            }
            case LaunchFailure failure -> {
                err.println("weir: " + failure.getMessage());
                return 1;
            }
            default -> {
                problem.printStackTrace(err);
                return 1;
            }
        }
    }
}
