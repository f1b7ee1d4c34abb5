package io.weir.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A clone's folder in which the gateway and the engine are stand-ins at the places where Maven leaves the real ones. */
final class StandInHome {
    private StandInHome() {
    }

    static Path in(Path folder) throws IOException {
        pointer(folder.resolve("gateway/target/quarkus-app/quarkus-run.jar"), StandInGateway.class.getName());
        pointer(folder.resolve("local-engine/target/weir-local-engine.jar"), "io.weir.engine.moe.EngineMain");
        return folder;
    }

    /** A jar that holds nothing but where its classes are: this test's own class path. */
    private static void pointer(Path jar, String mainClass) throws IOException {
        Files.createDirectories(jar.getParent());
        StringBuilder classPath = new StringBuilder();
        for (String part : System.getProperty("java.class.path").split(":")) {
            classPath.append(Path.of(part).toUri()).append(' ');
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath.toString());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        }
    }
}
