package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The embedded on-prem engine as a process of its own. */
public final class EmbeddedEngine {
    /** The model takes 15 MB, its key-value caches most of the rest. */
    private static final String HEAP_MAX = "-Xmx512m";

    private final Path clone;
    private final DataFolder data;
    private final HttpClient client;

    public EmbeddedEngine(Path clone, DataFolder data, HttpClient client) {
        this.clone = clone;
        this.data = data;
        this.client = client;
    }

    /** Its jar; fails with a sentence where it is not there. */
    public Path built() {
        Path jar = clone.resolve("local-engine").resolve("target").resolve("weir-local-engine.jar");
        if (!Files.exists(jar)) {
            throw new LaunchFailure("The embedded engine is not built (" + jar + "): ./weir up builds it.");
        }
        return jar;
    }

    /** How to start it on {@code port}. */
    public ChildSpec prepare(int port) {
        Path jar = built();
        // The Vector API's module cannot be asked for in a jar's manifest.
        return new JavaCommand(data)
                .child("engine", Role.ENGINE, List.of(
                        "--add-modules", "jdk.incubator.vector", HEAP_MAX, "-XX:+ExitOnOutOfMemoryError",
                        "-cp", jar + ":" + jar.resolveSibling("lib") + "/*",
                        "io.weir.engine.moe.EngineMain", "--port", Integer.toString(port)))
                .answering(new HttpProbe(client, URI.create("http://127.0.0.1:" + port + "/health")));
    }
}
