package io.weir.launcher.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start one child, the first time and after its death.
 *
 * @param name unique within a launcher, such as {@code gateway-0}; names its log and its pid file
 * @param command the command line; it must end up as {@code executable} under the same process id
 * @param environment what is added to, or replaces parts of, the launcher's environment
 * @param withheld names of variables that the child does not inherit
 * @param log receives standard output and standard error, appended
 * @param executable the program that runs in the end, by which the child is recognised after a crash of the launcher
 * @param marker a text in its command line for the same purpose; empty where the executable suffices
 * @param input what it reads on standard input; a long-running child has none
 * @param probe whether it answers
 */
public record ChildSpec(
        String name,
        Role role,
        List<String> command,
        Map<String, String> environment,
        List<String> withheld,
        Path log,
        Path executable,
        String marker,
        String input,
        Probe probe) {

    public ChildSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        withheld = List.copyOf(withheld);
    }

    /** A child that runs {@code command}, whose first word is its executable, with the launcher's environment. */
    public static ChildSpec of(String name, Role role, List<String> command, Path log) {
        return new ChildSpec(name, role, command, Map.of(), List.of(), log, Path.of(command.getFirst()), "", "", () -> true);
    }

    public ChildSpec withEnvironment(Map<String, String> added, List<String> withheldNames) {
        return new ChildSpec(name, role, command, added, withheldNames, log, executable, marker, input, probe);
    }

    public ChildSpec recognisedBy(Path program, String text) {
        return new ChildSpec(name, role, command, environment, withheld, log, program, text, input, probe);
    }

    public ChildSpec reading(String text) {
        return new ChildSpec(name, role, command, environment, withheld, log, executable, marker, text, probe);
    }

    public ChildSpec answering(Probe question) {
        return new ChildSpec(name, role, command, environment, withheld, log, executable, marker, input, question);
    }

    /** Without environment and input: both may hold secrets. */
    @Override
    public String toString() {
        return "ChildSpec[" + name + ", " + role + ", " + executable + "]";
    }
}
