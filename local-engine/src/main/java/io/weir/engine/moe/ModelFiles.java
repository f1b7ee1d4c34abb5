package io.weir.engine.moe;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds the model file: a path, or one of the two names {@code small} and {@code tiny} that come with the engine. Those are plain files in a folder
 * {@code models} beside the engine's jar, or one above it, so that they can be mapped without being unpacked.
 */
final class ModelFiles {
    private ModelFiles() {}

    /** The file that {@code model} names; fails with the places looked at when there is none. */
    static Path resolve(String model) throws IOException {
        String file = switch (model) {
            case "small" -> "weir-small-moe.gguf";
            case "tiny" -> "weir-tiny-moe.gguf";
            default -> model;
        };
        if (file.equals(model)) {
            return existing(List.of(Path.of(model)));
        }
        Path home = home();
        return existing(List.of(home.resolve("models", file), home.resolveSibling("models").resolve(file)));
    }

    private static Path existing(List<Path> candidates) throws IOException {
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        throw new IOException("no model file at " + candidates);
    }

    /** The folder that holds the engine's jar; while developing, the one that holds its folder of classes. */
    private static Path home() throws IOException {
        try {
            return Path.of(ModelFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toAbsolutePath().getParent();
        } catch (URISyntaxException odd) {
            throw new IOException("the engine cannot find its own folder", odd);
        }
    }

    /** The name under which a model file is served: its file name without the extension. */
    static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }
}
