package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.data.Secrets;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * A real Redis from the Maven artifact, as a foreground child on loopback with a password and without persistence: what it holds is a
 * projection of PostgreSQL and is seeded again. Its settings travel in a file of mode 0600, as a password on the command line could be
 * read by every account. For trying Weir out and for tests: in production Redis is a URL.
 */
public final class EmbeddedRedis {
    private static final String SECRET = "redis.password";

    /** Holds and counters of the embedded default fit a hundredth of this; above it writes are refused, nothing is evicted. */
    private static final String MEMORY_MAX = "512mb";

    private final Machine machine;
    private final DataFolder data;
    private final Secrets secrets;
    private final Parts parts;

    public EmbeddedRedis(Machine machine, DataFolder data, Secrets secrets) {
        this.machine = machine;
        this.data = data;
        this.secrets = secrets;
        this.parts = Parts.onClassPath();
    }

    /** Unpacks the program if it is not there yet, writes its settings, and says how to start it on {@code port}. */
    public ChildSpec prepare(int port) {
        try {
            Path server = unpacked();
            Path settings = secrets.file("redis.conf");
            PrivateFile.write(settings, settings(port));
            return ChildSpec.of("redis", Role.REDIS, List.of(server.toString(), settings.toString()), data.log("redis"))
                    .answering(new RedisProbe(
                            new InetSocketAddress("127.0.0.1", port), List.of(secrets.password(SECRET))));
        } catch (IOException e) {
            throw new LaunchFailure("Cannot prepare Redis: " + e + ".", e);
        }
    }

    /** How to reach the server on {@code port}. */
    public RedisAccess access(int port) {
        secrets.password(SECRET);
        return new RedisAccess("redis://127.0.0.1:" + port, Optional.of(secrets.file(SECRET)));
    }

    private String settings(int port) {
        return """
                bind 127.0.0.1
                port %d
                daemonize no
                requirepass %s
                save ""
                appendonly no
                dir "%s"
                maxmemory %s
                maxmemory-policy noeviction
                """.formatted(port, secrets.password(SECRET), data.runFolder(), MEMORY_MAX);
    }

    private Path unpacked() throws IOException {
        Path folder = data.part("redis");
        Files.createDirectories(folder);
        Path server = folder.resolve("redis-server-" + parts.redisVersion());
        if (!Files.exists(server)) {
            Path unfinished = folder.resolve(server.getFileName() + ".unfinished");
            try (InputStream program = parts.redis(machine)) {
                Files.copy(program, unfinished, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(unfinished, server, StandardCopyOption.ATOMIC_MOVE);
        }
        return server;
    }
}
