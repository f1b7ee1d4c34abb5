package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** One product, started by {@code ./weir up} with everything it starts itself. Any thread may use it. */
public final class Weir implements AutoCloseable {

    /** A busy two-core machine needs about 15 s. */
    private static final Duration READY = Duration.ofSeconds(150);
    /** Gateways may drain for 30 s, then the stores stop. */
    private static final Duration STOPPED = Duration.ofSeconds(60);

    private final Setup setup;
    private final Path data;
    private final Running launcher;
    private final ObjectMapper json = new ObjectMapper();
    private final Http http = new Http();

    /** A child of the launcher, by the state file. */
    public record Child(String name, String role, long pid, Path log) {
    }

    private Weir(Setup setup) {
        this.setup = setup;
        this.data = setup.data().orElseGet(Weir::freshFolder);
        List<String> command = new ArrayList<>(List.of(
                Clone.root().resolve("weir").toString(), "up", "--data", data.toString(), "--port", "0"));
        command.addAll(setup.flags());
        this.launcher = Running.start(command, environment(setup));
    }

    /** Starts it and waits until it is ready. */
    public static Weir up(Setup setup) {
        Weir weir = begin(setup);
        weir.awaitReady();
        return weir;
    }

    /** Starts it and does not wait. */
    public static Weir begin(Setup setup) {
        return new Weir(setup);
    }

    /** Waits for the banner. */
    public void awaitReady() {
        try {
            Awaitility.await().atMost(READY).pollInterval(Duration.ofMillis(50)).until(this::settled);
        } catch (ConditionTimeoutException late) {
            String said = describe();
            close();
            throw new AssertionError("not ready within " + READY + said, late);
        }
        if (!isReady()) {
            String said = describe();
            close();
            throw new AssertionError("the launcher ended" + said);
        }
    }

    private boolean settled() {
        return isReady() || !launcher.isAlive();
    }

    private boolean isReady() {
        return launcher.isAlive() && launcher.output().contains("Ctrl-C stops everything.");
    }

    public Running launcher() {
        return launcher;
    }

    /** What the launcher printed. */
    public String output() {
        return launcher.output();
    }

    public Path data() {
        return data;
    }

    /** {@code DATA/weir.json} as it stands now. */
    public JsonNode state() {
        try {
            return json.readTree(data.resolve("weir.json").toFile());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public List<Child> children() {
        return StreamSupport.stream(state().path("children").spliterator(), false)
                .map(child -> new Child(child.path("name").asText(), child.path("role").asText(), child.path("pid").asLong(),
                        Path.of(child.path("log").asText())))
                .toList();
    }

    public Child child(String name) {
        return children().stream().filter(child -> child.name().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no child " + name + " in " + children()));
    }

    public URI endpoint() {
        return endpoints().getFirst();
    }

    public List<URI> endpoints() {
        return addresses("endpoints");
    }

    /** Where the gateways serve metrics. */
    public List<URI> managements() {
        return addresses("managements");
    }

    private List<URI> addresses(String field) {
        return StreamSupport.stream(state().path(field).spliterator(), false).map(one -> URI.create(one.asText())).toList();
    }

    /** The platform admin at the first gateway. */
    public Admin admin() {
        return new Admin(http, endpoints(), secret("admin.key"));
    }

    /** Somebody with that key at the first gateway. */
    public Caller caller(String key) {
        return new Caller(http, endpoint(), key);
    }

    /** The demo tenant. */
    public Caller demo() {
        return caller(secret("demo.key"));
    }

    public String secret(String file) {
        try {
            return Files.readString(data.resolve(file)).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public Http http() {
        return http;
    }

    /** The ledger, read as the application's role. The caller closes it. */
    public LedgerView ledger() {
        JsonNode postgres = state().path("postgres");
        return new LedgerView(postgres.path("jdbcUrl").asText(), postgres.path("user").asText(), postgres.path("password").asText());
    }

    /** The counters and holds. The caller closes it. */
    public RedisView redis() {
        return new RedisView(state().path("redis").path("url").asText());
    }

    /** Everything that any part has logged so far, the launcher included. */
    public String logs() {
        StringBuilder all = new StringBuilder(launcher.output());
        try (Stream<Path> files = Files.list(data.resolve("logs"))) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public String log(String child) {
        try {
            return Files.readString(data.resolve("logs").resolve(child + ".log"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Asks the launcher to stop and returns its exit status. */
    public int stop() {
        launcher.signal("TERM");
        return launcher.awaitExit(STOPPED);
    }

    /** Stops it if it runs, keeps its logs in the build folder, and removes the data folder if it was made for this start. */
    @Override
    public void close() {
        try {
            if (launcher.isAlive()) {
                stop();
            }
        } finally {
            launcher.close();
            keepLogs();
            if (setup.data().isEmpty()) {
                removeData();
            }
            http.close();
        }
    }

    /** Removes a data folder; nothing may run in it. */
    public void removeData() {
        try {
            Files.walkFileTree(data, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A folder through which every account can pass: PostgreSQL runs as another one when the launcher is root. */
    public static Path freshFolder() {
        try {
            return Files.createTempDirectory("weir-blackbox-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void keepLogs() {
        Path kept = Clone.target().resolve("blackbox-logs").resolve(setup.name());
        Path logs = data.resolve("logs");
        if (!Files.isDirectory(logs)) {
            return;
        }
        try (Stream<Path> files = Files.list(logs)) {
            Files.createDirectories(kept);
            Files.writeString(kept.resolve("launcher.log"), launcher.output());
            for (Path file : files.toList()) {
                Files.copy(file, kept.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String describe() {
        StringBuilder said = new StringBuilder(":\n").append(launcher.output());
        Path logs = data.resolve("logs");
        if (Files.isDirectory(logs)) {
            try (Stream<Path> files = Files.list(logs)) {
                for (Path file : files.toList()) {
                    List<String> lines = Files.readAllLines(file);
                    said.append("\n== end of ").append(file.getFileName()).append('\n')
                            .append(String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size())));
                }
            } catch (IOException unreadable) {
                said.append(unreadable);
            }
        }
        return said.toString();
    }

    private static Map<String, String> environment(Setup setup) {
        Map<String, String> variables = new HashMap<>(setup.environment());
        variables.put("WEIR_BUILD", "never");
        // The suite shares its cores with everything that it starts: its tests are of money, not of speed.
        variables.putIfAbsent("WEIR_REDIS_DEADLINE", "1s");
        variables.put("WEIR_PARTS", Clone.target().resolve("parts").toString());
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        return variables;
    }
}
