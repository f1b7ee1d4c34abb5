package io.weir.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveTest {
    @TempDir
    Path folder;

    private static ByteArrayInputStream archive(String name, int mode, String link) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options(0)))) {
            byte[] content = "content".getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry entry = link.isEmpty() ? new TarArchiveEntry(name, true) : new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK, true);
            entry.setMode(mode);
            if (link.isEmpty()) {
                entry.setSize(content.length);
            } else {
                entry.setLinkName(link);
            }
            tar.putArchiveEntry(entry);
            if (link.isEmpty()) {
                tar.write(content);
            }
            tar.closeArchiveEntry();
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    void aProgramStaysAProgramAndOthersMayReadIt() throws IOException {
        // When
        Archive.unpack(archive("./bin/tool", 0700, ""), folder.resolve("to"));

        // Then
        Path tool = folder.resolve("to/bin/tool");
        assertThat(tool).content().isEqualTo("content");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tool))).isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tool.getParent()))).isEqualTo("rwxr-xr-x");
    }

    @Test
    void anEntryThatLeavesTheFolderIsRefused() throws IOException {
        // Given
        ByteArrayInputStream archive = archive("a/../../evil", 0600, "");

        // When / Then
        assertThatThrownBy(() -> Archive.unpack(archive, folder.resolve("to"))).hasMessageContaining("leaves its folder");
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    @Test
    void aLinkThatLeavesTheFolderIsRefused() throws IOException {
        // Given
        ByteArrayInputStream archive = archive("lib/evil", 0777, "../../outside");

        // When / Then
        assertThatThrownBy(() -> Archive.unpack(archive, folder.resolve("to"))).hasMessageContaining("leaves its folder");
    }

    @Test
    void removingAFolderDoesNotFollowLinks() throws IOException {
        // Given
        Path kept = Files.writeString(Files.createDirectory(folder.resolve("outside")).resolve("kept"), "x");
        Path doomed = Files.createDirectory(folder.resolve("doomed"));
        Files.createSymbolicLink(doomed.resolve("link"), kept.getParent());

        // When
        Archive.remove(doomed);

        // Then
        assertThat(doomed).doesNotExist();
        assertThat(kept).exists();
    }
}
