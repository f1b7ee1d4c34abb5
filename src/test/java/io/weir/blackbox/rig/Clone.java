package io.weir.blackbox.rig;

import java.nio.file.Files;
import java.nio.file.Path;

/** The repository the suite runs in. */
public final class Clone {

    private Clone() {
    }

    /** The folder that holds {@code ./weir}, found upwards from the working folder. */
    public static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("weir")) && Files.isDirectory(folder.resolve("launcher"))) {
                return folder;
            }
        }
        throw new IllegalStateException("run the suite inside the clone");
    }

    /** The suite's own build folder. */
    public static Path target() {
        return root().resolve("src").resolve("test").resolve("target");
    }
}
