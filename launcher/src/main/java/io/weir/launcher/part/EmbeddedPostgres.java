package io.weir.launcher.part;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.base.Progress;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.data.Secrets;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Role;
import io.weir.launcher.process.Supervisor;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A real PostgreSQL from the Maven artifact, as a foreground child on loopback with passwords (SCRAM) and without a Unix socket. It is
 * unpacked once a version and initialised once; an initialisation that was cut off is begun again. For trying Weir out and for tests:
 * in production PostgreSQL is a URL.
 */
public final class EmbeddedPostgres {
    /** Owns the schema; the cluster's superuser. */
    public static final String MIGRATOR = "weir_migrator";
    /** What gateways work as: no more rights than the migrations grant. */
    public static final String APP = "weir_app";
    public static final String DATABASE = "weir";

    private static final String MIGRATOR_SECRET = "postgres.migrator";
    private static final String APP_SECRET = "postgres.app";
    private static final Path ELSEWHERE = Path.of("/var/lib/weir");

    /** initdb takes 0.6 s on an idle machine. */
    private static final Duration TASK_MAX = Duration.ofSeconds(120);

    /** Sixteen gateways with a dozen connections each, and the person's own sessions. */
    private static final int CONNECTIONS_MAX = 220;

    private final Machine machine;
    private final DataFolder data;
    private final Secrets secrets;
    private final Supervisor supervisor;
    private final Progress progress;
    private final Account account;
    private final Parts parts;

    public EmbeddedPostgres(Machine machine, DataFolder data, Secrets secrets, Supervisor supervisor, Progress progress) {
        this.machine = machine;
        this.data = data;
        this.secrets = secrets;
        this.supervisor = supervisor;
        this.progress = progress;
        this.account = new Account(machine);
        this.parts = Parts.onClassPath();
    }

    /**
     * Unpacks and initialises what is not there yet, and says how to start the server on {@code port}. Blocks for seconds at most.
     * {@code shared}: a folder in which several data folders may share the unpacked binaries; ignored where PostgreSQL cannot enter it.
     */
    public ChildSpec prepare(int port, RandomGenerator random, Optional<Path> shared) {
        try {
            Path home = new PostgresHome(data, account, ELSEWHERE, random, progress).locate();
            Path binaries = unpacked(shared.isPresent() && account.closed(shared.get()).isEmpty() ? shared.get() : home);
            Path cluster = initialised(home, binaries);
            return server(binaries, cluster, port);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot prepare PostgreSQL: " + e + ".", e);
        }
    }

    /** How to reach the server on {@code port}. */
    public PostgresAccess access(int port) {
        secrets.password(MIGRATOR_SECRET);
        secrets.password(APP_SECRET);
        return new PostgresAccess(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE,
                new Login(APP, secrets.file(APP_SECRET)),
                new Login(MIGRATOR, secrets.file(MIGRATOR_SECRET)));
    }

    private ChildSpec server(Path binaries, Path cluster, int port) {
        Path postgres = binaries.resolve("bin").resolve("postgres");
        List<String> command = account.command(List.of(
                postgres.toString(),
                "-D", cluster.toString(),
                "-p", Integer.toString(port),
                "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=",
                "-c", "max_connections=" + CONNECTIONS_MAX,
                "-c", "log_line_prefix=%m [%p] %u "));
        return spec("postgres", Role.POSTGRES, command)
                .recognisedBy(postgres, cluster.toString())
                .answering(new PostgresProbe(new InetSocketAddress("127.0.0.1", port), APP, DATABASE));
    }

    private Path unpacked(Path folder) throws IOException {
        Path binaries = folder.resolve("postgres-" + parts.postgresVersion());
        if (!Files.exists(binaries)) {
            Files.createDirectories(folder);
            // Another launcher may unpack into the same shared folder at the same time: each into its own, and the first counts.
            Path unfinished = folder.resolve(binaries.getFileName() + ".unfinished." + ProcessHandle.current().pid());
            Archive.remove(unfinished);
            try (InputStream txz = parts.postgres(machine)) {
                Archive.unpack(txz, unfinished);
                Files.move(unfinished, binaries, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException otherWasFirst) {
                Archive.remove(unfinished);
            }
            progress.step("PostgreSQL " + parts.postgresVersion() + " unpacked");
        }
        return binaries;
    }

    private Path initialised(Path home, Path binaries) throws IOException {
        String major = parts.postgresVersion().split("\\.")[0];
        Path cluster = home.resolve("data-" + major);
        if (Files.exists(cluster)) {
            return cluster;
        }
        refuseOtherMajor(home, major);
        Path unfinished = home.resolve(cluster.getFileName() + ".unfinished");
        Archive.remove(unfinished);
        Files.createDirectory(unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(unfinished);
        initdb(home, binaries, unfinished);
        createDatabase(binaries, unfinished);
        Files.move(unfinished, cluster, StandardCopyOption.ATOMIC_MOVE);
        progress.step("PostgreSQL's database initialised in " + cluster);
        return cluster;
    }

    private static void refuseOtherMajor(Path home, String major) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(home, "data-[0-9][0-9]")) {
            for (Path other : others) {
                throw new LaunchFailure("PostgreSQL's data in " + other + " was written by another major version than " + major
                        + ", which Weir brings: dump and restore it, or begin anew with --data DIR.");
            }
        }
    }

    private void initdb(Path home, Path binaries, Path cluster) throws IOException {
        Path passwordFile = home.resolve("initial-password");
        PrivateFile.write(passwordFile, secrets.password(MIGRATOR_SECRET));
        try {
            account.own(passwordFile);
            Path initdb = binaries.resolve("bin").resolve("initdb");
            runTask("postgres-initdb", account.command(List.of(
                    initdb.toString(), "-D", cluster.toString(), "-U", MIGRATOR, "-A", "scram-sha-256",
                    "--pwfile=" + passwordFile, "-E", "UTF8", "--locale=C")), initdb, "");
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    /** In single-user mode, which needs no session and no driver: one command a line. A failed one does not change the exit status. */
    private void createDatabase(Path binaries, Path cluster) throws IOException {
        String sql = """
                CREATE ROLE %s LOGIN PASSWORD '%s'
                CREATE DATABASE %s OWNER %s
                REVOKE CONNECT ON DATABASE %s FROM PUBLIC
                GRANT CONNECT ON DATABASE %s TO %s
                """.formatted(APP, secrets.password(APP_SECRET), DATABASE, MIGRATOR, DATABASE, DATABASE, APP);
        Path postgres = binaries.resolve("bin").resolve("postgres");
        // PANIC keeps a failed command, and with it the password, out of the log.
        runTask("postgres-create", account.command(List.of(
                postgres.toString(), "--single", "-D", cluster.toString(), "-c", "log_min_error_statement=panic", "postgres")),
                postgres, sql);
        String log = Files.readString(data.log("postgres-create"));
        if (log.contains("ERROR:") || log.contains("FATAL:")) {
            throw new LaunchFailure("PostgreSQL's database could not be created; see " + data.log("postgres-create"));
        }
    }

    private void runTask(String name, List<String> command, Path executable, String input) throws IOException {
        Files.deleteIfExists(data.log(name));
        int status = supervisor.run(spec(name, Role.TASK, command).recognisedBy(executable, "").reading(input), TASK_MAX);
        if (status != 0) {
            throw new LaunchFailure(name + " ended with exit status " + status + "; its log: " + data.log(name));
        }
    }

    /** Without the variables by which a person steers PostgreSQL's own tools: they would steer this server, too. */
    private ChildSpec spec(String name, Role role, List<String> command) {
        List<String> steering = System.getenv().keySet().stream()
                .filter(variable -> variable.startsWith("PG") || variable.startsWith("LC_") || variable.equals("LANG"))
                .toList();
        return ChildSpec.of(name, role, command, data.log(name)).withEnvironment(Map.of("TZ", "UTC"), steering);
    }
}
