package io.weir.launcher.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final long SEED = 11;

    @TempDir
    Path folder;

    private final Machine machine = Machine.current(System.getenv("PATH"));

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsSecretIsReadableByItsOwnerAlone() throws IOException {
        // Given
        try (DataFolder data = DataFolder.open(folder.resolve("data"), machine)) {

            // When
            Secrets secrets = new Secrets(data.secretsFolder(), new Random(SEED));
            secrets.password("redis.password");
            secrets.orMade(data.adminKey(), "weir_admin_");

            // Then
            assertThat(permissions(data.adminKey())).isEqualTo("rw-------");
            assertThat(permissions(secrets.file("redis.password"))).isEqualTo("rw-------");
            assertThat(permissions(data.secretsFolder())).isEqualTo("rwx------");
            assertThat(permissions(data.runFolder())).isEqualTo("rwx------");
            assertThat(permissions(data.root())).isEqualTo(machine.root() ? "rwx--x--x" : "rwx------");
            assertThat(data.adminKey()).content().matches("weir_admin_[A-Za-z0-9_-]{43}");
        }
    }

    @Test
    void aSecretIsMadeOnce() {
        // Given
        Random random = new Random(SEED);
        try (DataFolder data = DataFolder.open(folder.resolve("data"), machine)) {
            String first = new Secrets(data.secretsFolder(), random).password("a");

            // When
            String second = new Secrets(data.secretsFolder(), random).password("a");

            // Then
            assertThat(second).isEqualTo(first).hasSize(43);
        }
    }

    @Test
    void anEmptySecretIsAnErrorNotAPassword() throws IOException {
        // Given
        try (DataFolder data = DataFolder.open(folder.resolve("data"), machine)) {
            Secrets secrets = new Secrets(data.secretsFolder(), new Random(SEED));
            Files.writeString(secrets.file("a"), "\n");

            // When / Then
            assertThatThrownBy(() -> secrets.password("a")).isInstanceOf(LaunchFailure.class).hasMessageContaining("is empty");
        }
    }

    @Test
    void aFolderIsOpenOnceAtATime() {
        // Given
        Path root = folder.resolve("data");
        try (DataFolder data = DataFolder.open(root, machine)) {

            // When / Then
            assertThatThrownBy(() -> DataFolder.open(root, machine))
                    .isInstanceOf(LaunchFailure.class)
                    .hasMessageContaining("Weir already runs on " + data.root());
        }
        DataFolder.open(root, machine).close();
    }

    @Test
    void permissionsOfAFolderThatHoldsOtherThingsAreLeftAlone() throws IOException {
        // Given
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        Files.writeString(folder.resolve("somebody's"), "x");

        // When
        DataFolder.open(folder, machine).close();

        // Then
        assertThat(permissions(folder)).isEqualTo("rwxr-x---");
    }
}
