package io.weir.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.launcher.base.Machine;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.data.Secrets;
import io.weir.launcher.process.Child;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Ports;
import io.weir.launcher.process.RecordedProgress;
import io.weir.launcher.process.RestartPolicy;
import io.weir.launcher.process.Supervisor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real PostgreSQL and the real Redis of the artifacts, in a folder of their own. */
@Timeout(180)
class EmbeddedStoresTest {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    /** Unpacking takes most of a start's time: once a build is enough for all but one test. */
    static final Path SHARED = Path.of("target", "parts").toAbsolutePath();

    @TempDir
    Path folder;

    private final Machine machine = Machine.current(System.getenv("PATH"));
    private final RecordedProgress progress = new RecordedProgress();
    private final SecureRandom random = new SecureRandom();
    private DataFolder data;
    private Secrets secrets;
    private Supervisor supervisor;
    private Optional<Path> shared = Optional.of(SHARED);

    @BeforeEach
    void open() {
        data = DataFolder.open(folder, machine);
        secrets = new Secrets(data.secretsFolder(), random);
        supervisor = newSupervisor();
    }

    @AfterEach
    void close() {
        supervisor.stopAll();
        data.close();
    }

    private Supervisor newSupervisor() {
        return new Supervisor(machine, data.runFolder(), progress, RestartPolicy.threeAMinute(), System::nanoTime);
    }

    private PostgresAccess postgres() {
        int port = new Ports(random).free();
        EmbeddedPostgres postgres = new EmbeddedPostgres(machine, data, secrets, supervisor, progress);
        ChildSpec spec = postgres.prepare(port, random, shared);
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, ANSWER_MAX);
        return postgres.access(port);
    }

    private static Connection connect(PostgresAccess access, Login login) throws SQLException, IOException {
        return DriverManager.getConnection(access.jdbcUrl(), login.user(), PrivateFile.read(login.passwordFile()));
    }

    private static String query(PostgresAccess access, Login login, String sql) throws SQLException, IOException {
        try (Connection connection = connect(access, login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(PostgresAccess access, Login login, String sql) throws SQLException, IOException {
        try (Connection connection = connect(access, login); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void dataAndPasswordsOutliveARestart() throws SQLException, IOException {
        // Given
        shared = Optional.empty();
        PostgresAccess first = postgres();
        execute(first, first.migrator(), "CREATE TABLE kept AS SELECT 42 AS answer");
        execute(first, first.migrator(), "GRANT SELECT ON kept TO weir_app");
        Child server = supervisor.children().getFirst();
        supervisor.stopAll();
        assertThat(server.isAlive()).isFalse();

        // When
        supervisor = newSupervisor();
        PostgresAccess second = postgres();

        // Then
        assertThat(query(second, second.app(), "SELECT answer FROM kept")).isEqualTo("42");
        assertThat(progress.lines()).filteredOn(line -> line.contains("initialised")).hasSize(1);
        assertThat(progress.lines()).filteredOn(line -> line.contains("unpacked")).hasSize(1);
    }

    @Test
    void theServerTakesPasswordsOnlyAndListensOnLoopbackOnly() throws SQLException, IOException {
        // Given
        PostgresAccess access = postgres();

        // When / Then
        assertThatThrownBy(() -> DriverManager.getConnection(access.jdbcUrl(), "weir_app", "wrong"))
                .hasMessageContaining("password authentication failed");
        assertThat(query(access, access.migrator(), "SHOW listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(query(access, access.migrator(), "SHOW unix_socket_directories")).isEmpty();
        assertThat(query(access, access.migrator(), "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'weir'"))
                .isEqualTo("weir_migrator");
        assertThat(query(access, access.migrator(), "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"))
                .isEqualTo("scram-sha-256");
        assertThat(query(access, access.app(), "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user")).isEqualTo("false");
    }

    @Test
    void noPasswordStandsInALogOrOnACommandLine() throws SQLException, IOException {
        // Given
        PostgresAccess access = postgres();
        ChildSpec redis = redis();
        List<String> passwords = List.of(
                PrivateFile.read(access.app().passwordFile()),
                PrivateFile.read(access.migrator().passwordFile()),
                secrets.password("redis.password"));

        // When
        StringBuilder seen = new StringBuilder();
        for (String log : List.of("postgres", "postgres-initdb", "postgres-create", "redis")) {
            seen.append(Files.readString(data.log(log)));
        }
        supervisor.children().forEach(child -> seen.append(ProcessHandle.of(child.pid()).orElseThrow().info().commandLine()));

        // Then
        assertThat(passwords).allSatisfy(password -> assertThat(password).hasSize(43));
        assertThat(seen.toString()).contains(redis.executable().toString(), "unix_socket_directories=");
        assertThat(passwords).allSatisfy(password -> assertThat(seen.toString()).doesNotContain(password));
    }

    @Test
    void anInitialisationThatWasCutOffIsBegunAgain() throws SQLException, IOException {
        // Given
        Path home = new PostgresHome(data, new Account(machine), folder, random, progress).locate();
        Files.createDirectories(home.resolve("data-18.unfinished/base"));

        // When
        PostgresAccess access = postgres();

        // Then
        assertThat(query(access, access.app(), "SELECT 'yes'")).isEqualTo("yes");
        assertThat(home).isDirectoryNotContaining("glob:**.unfinished");
    }

    @Test
    void dataOfAnotherMajorVersionIsNotPassedOver() throws IOException {
        // Given
        Path home = new PostgresHome(data, new Account(machine), folder, random, progress).locate();
        Files.createDirectories(home.resolve("data-17"));

        // When / Then
        assertThatThrownBy(this::postgres).hasMessageContaining("data-17 was written by another major version than 18");
    }

    private ChildSpec redis() {
        ChildSpec spec = new EmbeddedRedis(machine, data, secrets).prepare(new Ports(random).free());
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, ANSWER_MAX);
        return spec;
    }

    @Test
    void redisAnswersToItsPasswordAlone() {
        // Given
        int port = new Ports(random).free();
        EmbeddedRedis redis = new EmbeddedRedis(machine, data, secrets);
        ChildSpec spec = redis.prepare(port);
        supervisor.start(spec);
        supervisor.awaitAnswer(spec, ANSWER_MAX);
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);

        // When
        boolean without = new RedisProbe(address, List.of()).answers();
        boolean wrong = new RedisProbe(address, List.of("wrong")).answers();

        // Then
        assertThat(without).isFalse();
        assertThat(wrong).isFalse();
        assertThat(redis.access(port).url()).isEqualTo("redis://127.0.0.1:" + port);
    }
}
