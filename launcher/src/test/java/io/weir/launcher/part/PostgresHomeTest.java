package io.weir.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.process.RecordedProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where PostgreSQL lives when the launcher is root; for any other account the question does not arise. */
class PostgresHomeTest {
    private static final long SEED = 3;

    @TempDir
    Path folder;

    private final Machine machine = Machine.current(System.getenv("PATH"));
    private final RecordedProgress progress = new RecordedProgress();
    private Path elsewhere;
    private DataFolder data;

    @BeforeEach
    void open() throws IOException {
        assumeThat(machine.root()).as("root").isTrue();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        elsewhere = folder.resolve("elsewhere");
        data = DataFolder.open(folder.resolve("closed/data"), machine);
    }

    @AfterEach
    void close() {
        if (data != null) {
            data.close();
        }
    }

    private void closeParent(String permissions) throws IOException {
        Files.setPosixFilePermissions(folder.resolve("closed"), PosixFilePermissions.fromString(permissions));
    }

    private PostgresHome home(DataFolder of, long seed) {
        return new PostgresHome(of, new Account(machine), elsewhere, new Random(seed), progress);
    }

    @Test
    void itIsTheDataFolderWhereNobodyMayPass() throws IOException {
        // When
        Path home = home(data, SEED).locate();

        // Then
        assertThat(home).isEqualTo(folder.resolve("closed/data/postgres"));
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void underAClosedFolderItLiesElsewhereAndIsFoundAgain() throws IOException {
        // Given
        closeParent("rwx------");

        // When
        Path home = home(data, SEED).locate();
        Path again = home(data, SEED + 1).locate();

        // Then
        assertThat(home).hasParent(elsewhere).isEqualTo(again);
        assertThat(PrivateFile.read(data.part("postgres.path"))).isEqualTo(home.toString());
        assertThat(progress.lines()).containsExactly(
                "PostgreSQL cannot enter " + folder.resolve("closed") + " as account nobody; its data lies in " + home);
    }

    @Test
    void aHomeWhoseDataFolderWasDeletedIsRemovedAndOthersStay() throws IOException {
        // Given
        closeParent("rwx------");
        Path kept = home(data, SEED).locate();
        DataFolder deleted = DataFolder.open(folder.resolve("closed/deleted"), machine);
        Path abandoned = home(deleted, SEED + 1).locate();
        deleted.close();
        Archive.remove(deleted.root());
        DataFolder third = DataFolder.open(folder.resolve("closed/third"), machine);

        // When
        home(third, SEED + 2).locate();

        // Then
        assertThat(abandoned).doesNotExist();
        assertThat(kept).exists();
        third.close();
    }

    @Test
    void aFolderClosedAfterwardsIsNamed() throws IOException {
        // Given
        home(data, SEED).locate();
        closeParent("rwx------");

        // When / Then
        assertThatThrownBy(() -> home(data, SEED).locate())
                .isInstanceOf(LaunchFailure.class)
                .hasMessageContaining(folder.resolve("closed") + " is closed to it");
    }

    @Test
    void aHomeThatIsGoneIsSaidNotReplacedByAnEmptyOne() throws IOException {
        // Given
        closeParent("rwx------");
        Archive.remove(home(data, SEED).locate());

        // When / Then
        assertThatThrownBy(() -> home(data, SEED).locate())
                .isInstanceOf(LaunchFailure.class)
                .hasMessageContaining("which is gone");
    }
}
