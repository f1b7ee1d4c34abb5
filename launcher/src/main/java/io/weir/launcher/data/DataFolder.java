package io.weir.launcher.data;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder in which one Weir keeps everything: stores, secrets, logs, pid files. While it is open no other launcher can open it (a
 * file lock, which the operating system drops when the process ends). Opened and closed by the verb {@code up}.
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path root;
    private final FileChannel lockChannel;

    private DataFolder(Path root, FileChannel lockChannel) {
        this.root = root;
        this.lockChannel = lockChannel;
    }

    /** Creates what is missing and takes the lock. */
    public static DataFolder open(Path root, Machine machine) {
        Path folder = root.toAbsolutePath().normalize();
        try {
            Files.createDirectories(folder);
            if (isOursAlone(folder)) {
                // PostgreSQL, which runs as another account when the launcher is root, must be able to pass through.
                Files.setPosixFilePermissions(folder, permissions(machine.root() ? "rwx--x--x" : "rwx------"));
            }
            FileChannel channel = lock(folder);
            for (String part : new String[] {"logs", "run", "secrets"}) {
                Files.createDirectories(folder.resolve(part), PosixFilePermissions.asFileAttribute(permissions("rwx------")));
            }
            return new DataFolder(folder, channel);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot use the data folder " + folder + ": " + e + ". Choose another with --data DIR.", e);
        }
    }

    /** Where the state file of a data folder lies, for those who only read. */
    public static Path stateFile(Path root) {
        return root.resolve("weir.json");
    }

    /** Where the demo tenant's key lies, for those who only read. */
    public static Path demoKey(Path root) {
        return root.resolve("demo.key");
    }

    public Path root() {
        return root;
    }

    public Path stateFile() {
        return stateFile(root);
    }

    public Path demoKey() {
        return demoKey(root);
    }

    /** Exists while the demo tenant is being set up: found at a start, the one before was cut off in between. */
    public Path demoUnfinished() {
        return root.resolve("secrets").resolve("demo.unfinished");
    }

    public Path adminKey() {
        return root.resolve("admin.key");
    }

    public Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    public Path runFolder() {
        return root.resolve("run");
    }

    public Path secretsFolder() {
        return root.resolve("secrets");
    }

    public Path part(String name) {
        return root.resolve(name);
    }

    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new LaunchFailure("Cannot let go of the data folder " + root + ": " + e.getMessage(), e);
        }
    }

    private static boolean isOursAlone(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty() || Files.exists(folder.resolve(LOCK));
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(permissions("rw-------")));
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new LaunchFailure("Weir already runs on " + folder + " (process " + PrivateFile.read(file)
                        + "): stop it, or give this one its own folder with --data DIR.");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new LaunchFailure("Weir already runs on " + folder + " in this very process.", e);
        } catch (IOException | LaunchFailure e) {
            channel.close();
            throw e;
        }
    }

    private static Set<PosixFilePermission> permissions(String text) {
        return PosixFilePermissions.fromString(text);
    }
}
