package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The account under which PostgreSQL runs: the launcher's own, or, as PostgreSQL refuses root, {@code nobody} (65534 on Linux
 * distributions) when the launcher is root.
 */
final class Account {
    private static final int NOBODY = 65_534;

    private final Machine machine;

    Account(Machine machine) {
        this.machine = machine;
    }

    /** The command as that account. */
    List<String> command(List<String> command) {
        if (!machine.root()) {
            return command;
        }
        Path setpriv = machine.tool("setpriv").orElseThrow(() -> new LaunchFailure(
                "PostgreSQL does not run as root, and setpriv (package util-linux), which would drop root, is not there:"
                        + " run ./weir as another account, or name a database with --postgres URL."));
        List<String> prefix = List.of(setpriv.toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        return Stream.concat(prefix.stream(), command.stream()).toList();
    }

    /** Hands a file or an empty folder to the account. */
    void own(Path path) throws IOException {
        if (machine.root()) {
            Files.setAttribute(path, "unix:uid", NOBODY);
            Files.setAttribute(path, "unix:gid", NOBODY);
        }
    }

    /** The first folder on the way to {@code path}, itself included, that the account cannot pass through. */
    Optional<Path> closed(Path path) throws IOException {
        if (!machine.root()) {
            return Optional.empty();
        }
        Path way = path.toAbsolutePath().getRoot();
        for (Path name : path.toAbsolutePath().normalize()) {
            way = way.resolve(name);
            if (Files.exists(way) && !passable(way)) {
                return Optional.of(way);
            }
        }
        return Optional.empty();
    }

    private static boolean passable(Path folder) throws IOException {
        boolean owned = (Integer) Files.getAttribute(folder, "unix:uid") == NOBODY;
        PosixFilePermission needed = owned ? PosixFilePermission.OWNER_EXECUTE : PosixFilePermission.OTHERS_EXECUTE;
        return Files.getPosixFilePermissions(folder).contains(needed);
    }
}
