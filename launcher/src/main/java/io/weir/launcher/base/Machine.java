package io.weir.launcher.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The operating system under the launcher, read once.
 *
 * @param system {@code linux} or {@code darwin}, else Java's own name in lower case
 * @param arch {@code amd64} or {@code arm64}, else Java's own name
 * @param root whether the launcher runs as root, whom PostgreSQL refuses
 * @param searchPath the folders in which the system's tools are looked up
 */
public record Machine(String system, String arch, boolean root, List<Path> searchPath) {

    /** Reads this machine. {@code path} is the value of the variable PATH. */
    public static Machine current(String path) {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = name.startsWith("mac") ? "darwin" : name;
        String arch = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case String other -> other;
        };
        List<Path> folders = Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin"))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .distinct()
                .toList();
        return new Machine(system, arch, ownerOfSelf() == 0, folders);
    }

    /** Where a tool of the operating system lies, if it has it. */
    public Optional<Path> tool(String name) {
        return searchPath.stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
    }

    /**
     * The same command in a session of its own, so that the terminal's Ctrl-C reaches the launcher alone and the children are stopped in
     * order. The process id stays that of the process started: {@code setsid} and Perl replace themselves by the command.
     */
    public List<String> inOwnSession(List<String> command) {
        List<String> prefix = tool("setsid").map(setsid -> List.of(setsid.toString()))
                .or(() -> tool("perl").map(perl -> List.of(
                        perl.toString(), "-e", "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV or die $!")))
                .orElse(List.of());
        return Stream.concat(prefix.stream(), command.stream()).toList();
    }

    private static int ownerOfSelf() {
        try {
            Path self = Path.of("/proc/self");
            if (Files.exists(self)) {
                return (Integer) Files.getAttribute(self, "unix:uid");
            }
            Path probe = Files.createTempFile("weir", "");
            try {
                return (Integer) Files.getAttribute(probe, "unix:uid");
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            throw new LaunchFailure("Cannot tell which account runs this process: " + e.getMessage(), e);
        }
    }
}
