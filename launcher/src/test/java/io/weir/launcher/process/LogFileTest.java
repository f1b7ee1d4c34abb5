package io.weir.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path folder;

    @Test
    void aLongLogIsSetAsideAndItsWriterGoesOnAtTheBeginning() throws IOException, InterruptedException {
        // Given
        Path log = folder.resolve("a.log");
        LogFile.prepare(log);
        Process writer = new ProcessBuilder("/bin/sh", "-c", "echo first; read line; echo second")
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        await().untilAsserted(() -> assertThat(log).content().isEqualTo("first\n"));

        // When
        LogFile.bound(log, 3);
        writer.getOutputStream().close();
        writer.waitFor();

        // Then
        assertThat(folder.resolve("a.log.1")).content().isEqualTo("first\n");
        assertThat(log).content().isEqualTo("second\n");
    }

    @Test
    void aLogIsReadableByItsOwnerAlone() throws IOException {
        // Given
        Path log = folder.resolve("a.log");

        // When
        LogFile.prepare(log);

        // Then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log))).isEqualTo("rw-------");
    }

    @Test
    void theTailIsTheLastTwelveLines() throws IOException {
        // Given
        Path log = folder.resolve("a.log");
        Files.writeString(log, "line\n".repeat(100_000) + "last\n");

        // When / Then
        assertThat(LogFile.tail(log)).hasSize(12).endsWith("line", "last");
    }

    @Test
    void theTailShowsCausesNotFrames() throws IOException {
        // Given
        Path log = folder.resolve("a.log");
        Files.writeString(log, "Caused by: no region\n" + "\tat io.weir.A.b(A.java:1)\n".repeat(100) + "\t... 9 more\n\n");

        // When / Then
        assertThat(LogFile.tail(log)).containsExactly("Caused by: no region");
    }
}
