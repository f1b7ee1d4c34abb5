package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The root's script, in a clone whose Maven and JDK are small scripts that write down how they were called. */
@Timeout(60)
class ScriptTest {
    private static final String PRODUCTS = "launcher/target/weir-launcher.jar local-engine/target/weir-local-engine.jar"
            + " gateway/target/quarkus-app/quarkus-run.jar";

    @TempDir
    Path clone;

    private record Result(int status, String output) {
    }

    @BeforeEach
    void layOut() throws IOException {
        for (String module : List.of("router", "tenancy", "local-engine", "gateway", "launcher")) {
            Files.createDirectories(clone.resolve(module + "/src/main"));
            Files.writeString(clone.resolve(module + "/pom.xml"), "");
        }
        Files.writeString(clone.resolve("pom.xml"), "");
        age(clone.resolve("pom.xml"));
        Files.copy(Path.of(System.getProperty("user.dir")).resolveSibling("weir"), clone.resolve("weir"),
                StandardCopyOption.COPY_ATTRIBUTES);
        program("jdk/bin/java", "echo \"java $*\"");
        program("jdk/bin/javac", "true");
        Files.writeString(clone.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
        maven("bin/mvn", "3.8.7");
        maven("mvnw", "3.9.12");
    }

    /** Answers {@code -v}; else notes its arguments, makes the products and ends with the status in the file {@code status}. */
    private void maven(String name, String version) throws IOException {
        program(name, """
                if [ "$1" = -v ]; then echo "Apache Maven %s (abc)"; exit 0; fi
                echo "%s $*" >> "%s/calls"
                echo "[INFO] Building Weir router 0.1   [1/5]"
                echo "[ERROR] something is wrong"
                cd "%s"; for p in %s; do mkdir -p "$(dirname "$p")"; touch "$p"; done
                exit "$(cat status 2>/dev/null || echo 0)"
                """.formatted(version, name, clone, clone, PRODUCTS));
    }

    private void program(String name, String script) throws IOException {
        Path file = clone.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Files.getLastModifiedTime(file).toInstant().minus(Duration.ofHours(1))));
    }

    private Result weir(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(clone.resolve("weir").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("PATH", clone.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", clone.resolve("jdk").toString());
        builder.environment().remove("WEIR_BUILD");
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private List<String> calls() throws IOException {
        return Files.exists(clone.resolve("calls")) ? Files.readAllLines(clone.resolve("calls")) : List.of();
    }

    @Test
    void aFreshCloneIsBuiltOnceAndTheLauncherGetsTheArguments() throws IOException, InterruptedException {
        // When
        Result first = weir("up", "--port", "0");
        Result second = weir("up", "--port", "0");

        // Then
        assertThat(first.status()).isZero();
        assertThat(first.output()).contains("Building", "  Weir router 0.1 [1/5]").doesNotContain("[INFO]");
        assertThat(second.output()).isEqualToIgnoringNewLines("java -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dweir.home=" + clone
                + " -cp " + clone + "/launcher/target/weir-launcher.jar:" + clone + "/launcher/target/lib/* io.weir.launcher.Weir up --port 0");
        assertThat(calls()).containsExactly(
                "bin/mvn -B -pl launcher,local-engine,gateway -am -Dmaven.test.skip=true package");
    }

    @Test
    void aChangedSourceIsBuiltAgain() throws IOException, InterruptedException {
        // Given
        weir("up");
        Path source = Files.writeString(clone.resolve("tenancy/src/main/A.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Files.getLastModifiedTime(source).toInstant().plusSeconds(2)));

        // When
        weir("up");

        // Then
        assertThat(calls()).hasSize(2);
    }

    @Test
    void aFailedBuildStartsNothingAndShowsItsErrors() throws IOException, InterruptedException {
        // Given
        Files.writeString(clone.resolve("status"), "1");

        // When
        Result result = weir("up");

        // Then
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).contains("[ERROR] something is wrong", "weir: the build failed").doesNotContain("java -Xmx");
    }

    @Test
    void askBuildsTheLauncherAlone() throws IOException, InterruptedException {
        // When
        weir("ask", "hello");

        // Then
        assertThat(calls()).containsExactly("bin/mvn -B -pl launcher -am -Dmaven.test.skip=true package");
    }

    @Test
    void testRunsTheWholeBuildAndReturnsItsStatus() throws IOException, InterruptedException {
        // Given
        Files.writeString(clone.resolve("status"), "3");

        // When
        Result result = weir("test");

        // Then
        assertThat(result.status()).isEqualTo(3);
        assertThat(calls()).hasSize(1).first().asString().startsWith("bin/mvn -B -ntp -q ").endsWith(" verify");
    }

    @Test
    void aMavenThatIsTooOldIsPassedOverForTheWrapper() throws IOException, InterruptedException {
        // Given
        maven("bin/mvn", "3.6.3");

        // When
        weir("ask", "hello");

        // Then
        assertThat(calls()).containsExactly("mvnw -B -pl launcher -am -Dmaven.test.skip=true package");
    }

    @Test
    void aJdkThatIsTooOldIsPassedOver() throws IOException, InterruptedException {
        // Given
        Files.writeString(clone.resolve("jdk/release"), "JAVA_VERSION=\"21.0.9\"\n");

        // When
        Result result = weir("jdk");

        // Then
        assertThat(result.output()).isNotBlank().doesNotContain(clone.toString());
    }

    @Test
    void anUnknownVerbIsNamedAndBuildsNothing() throws IOException, InterruptedException {
        // When
        Result result = weir("frobnicate");

        // Then
        assertThat(result).isEqualTo(new Result(2, "weir: there is no verb 'frobnicate'. ./weir help says what there is.\n"));
        assertThat(calls()).isEmpty();
    }
}
