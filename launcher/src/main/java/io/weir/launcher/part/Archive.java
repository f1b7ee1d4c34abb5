package io.weir.launcher.part;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks a {@code .txz}. Nothing is written outside the target, whatever the archive says. */
final class Archive {
    private static final int EXECUTABLE_BITS = 0111;
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> PLAIN = PosixFilePermissions.fromString("rw-r--r--");

    private Archive() {
    }

    /** Writes the archive's entries under {@code target}, readable by every account. */
    static void unpack(InputStream txz, Path target) throws IOException {
        Path root = target.toAbsolutePath().normalize();
        folder(root);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(txz)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, inside(root, root.resolve(entry.getName()), entry), root);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, Path root) throws IOException {
        if (entry.isDirectory()) {
            folder(path);
            return;
        }
        folder(path.getParent());
        if (entry.isSymbolicLink()) {
            inside(root, path.getParent().resolve(entry.getLinkName()), entry);
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            Files.copy(tar, path);
            Files.setPosixFilePermissions(path, (entry.getMode() & EXECUTABLE_BITS) != 0 ? PROGRAM : PLAIN);
        } else {
            throw new IOException("an entry that is no file, folder or symbolic link: " + entry.getName());
        }
    }

    private static void folder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PROGRAM);
        }
    }

    private static Path inside(Path root, Path path, TarArchiveEntry entry) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(root)) {
            throw new IOException("an entry that leaves its folder: " + entry.getName());
        }
        return normal;
    }

    /** Removes a folder and what is in it; links are removed, not followed. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
