package io.weir.blackbox.rig;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the product under test lies: the repository the suite runs in, or the folder that {@code -Dweir.home} names. */
public final class Clone {

    private Clone() {
    }

    /** The folder that holds {@code ./weir}. */
    public static Path root() {
        String named = System.getProperty("weir.home", "");
        return named.isEmpty() ? around(Path.of("").toAbsolutePath()) : Path.of(named).toAbsolutePath();
    }

    /** The suite's own build folder: the suite runs in its module's folder. */
    public static Path target() {
        return Path.of("target").toAbsolutePath();
    }

    private static Path around(Path start) {
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("weir")) && Files.isDirectory(folder.resolve("launcher"))) {
                return folder;
            }
        }
        throw new IllegalStateException("run the suite inside the clone, or name a built one with -Dweir.home");
    }
}
