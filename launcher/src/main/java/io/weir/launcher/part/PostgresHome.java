package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.base.Progress;
import io.weir.launcher.data.DataFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Where PostgreSQL's binaries and database lie: {@code DATA/postgres}. Only when the launcher is root and the data folder lies under a
 * folder that PostgreSQL's account cannot enter ({@code /root}, say) they lie under {@code /var/lib/weir}, and {@code DATA/postgres.path}
 * says where. Permissions of folders that are not Weir's are never changed.
 */
final class PostgresHome {
    private static final String OWNER = "owner";
    private static final int NAME_BYTES = 8;

    private final DataFolder data;
    private final Account account;
    private final Path elsewhere;
    private final RandomGenerator random;
    private final Progress progress;

    PostgresHome(DataFolder data, Account account, Path elsewhere, RandomGenerator random, Progress progress) {
        this.data = data;
        this.account = account;
        this.elsewhere = elsewhere;
        this.random = random;
        this.progress = progress;
    }

    /** The folder, which exists and can be entered by PostgreSQL's account. */
    Path locate() throws IOException {
        Path own = data.part("postgres");
        Path pointer = data.part("postgres.path");
        if (Files.exists(pointer)) {
            return pointedAt(pointer);
        }
        Optional<Path> closed = account.closed(own);
        if (closed.isEmpty()) {
            return folder(own);
        }
        if (Files.exists(own)) {
            throw new LaunchFailure("PostgreSQL's data in " + own + " cannot be reached by account nobody, because " + closed.get()
                    + " is closed to it: open that folder (chmod o+x), or move the data folder.");
        }
        return madeElsewhere(pointer, closed.get());
    }

    private Path pointedAt(Path pointer) throws IOException {
        Path home = Path.of(PrivateFile.read(pointer));
        if (!Files.isDirectory(home)) {
            throw new LaunchFailure("According to " + pointer + " PostgreSQL's data lies in " + home
                    + ", which is gone: bring it back, or remove " + data.root() + " to begin anew.");
        }
        writeOwner(home);
        return home;
    }

    private Path madeElsewhere(Path pointer, Path closed) throws IOException {
        folder(elsewhere);
        reclaim();
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        Path home = folder(elsewhere.resolve(HexFormat.of().formatHex(name)));
        account.closed(home).ifPresent(closedToo -> {
            throw new LaunchFailure("PostgreSQL runs as account nobody, to which both " + closed + " and " + closedToo
                    + " are closed: choose a data folder it can enter with --data DIR.");
        });
        writeOwner(home);
        PrivateFile.write(pointer, home.toString());
        progress.step("PostgreSQL cannot enter " + closed + " as account nobody; its data lies in " + home);
        return home;
    }

    /** Which data folder a home belongs to, and on which device that one lies. */
    private void writeOwner(Path home) throws IOException {
        PrivateFile.write(home.resolve(OWNER), device(data.root()) + " " + data.root());
    }

    /** Removes homes whose data folder was deleted. One that is merely not mounted now lies on another device than its parent folder. */
    private void reclaim() throws IOException {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(elsewhere)) {
            for (Path home : homes) {
                if (Files.exists(home.resolve(OWNER)) && isAbandoned(home)) {
                    Archive.remove(home);
                    progress.step("Removed " + home + ", whose data folder is gone");
                }
            }
        }
    }

    private static boolean isAbandoned(Path home) throws IOException {
        String[] owner = PrivateFile.read(home.resolve(OWNER)).split(" ", 2);
        Path folder = Path.of(owner[1]);
        if (Files.exists(folder)) {
            Path pointer = folder.resolve("postgres.path");
            return Files.isReadable(folder) && !(Files.exists(pointer) && PrivateFile.read(pointer).equals(home.toString()));
        }
        Path ancestor = folder;
        while (!Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return device(ancestor).equals(owner[0]);
    }

    private static String device(Path path) throws IOException {
        return String.valueOf(Files.getAttribute(path, "unix:dev"));
    }

    private static Path folder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return path;
    }
}
