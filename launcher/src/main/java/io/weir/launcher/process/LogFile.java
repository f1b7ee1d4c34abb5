package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A child's log: {@code NAME.log} and one older part, {@code NAME.log.1}. Children append to the open file themselves, so that they go
 * on writing when the launcher is killed; the older part is therefore a copy, and a line written during the copy may be lost.
 */
public final class LogFile {
    /** A log grows to this before it is set aside: long enough for an incident, short enough to be read and for twelve of them. */
    static final long BYTES_MAX = 16L << 20;

    /** As many closing lines as fit a terminal beside the sentence they explain. */
    private static final int TAIL_LINES = 12;

    /** The tail is cut from the last part of the file alone. */
    private static final int TAIL_BYTES = 64 << 10;

    private static final Pattern FRAME = Pattern.compile("^\\s+(at |\\.\\.\\. \\d+ (more|common))");

    private LogFile() {
    }

    /** Creates the file, readable by its owner alone, and sets an old one aside when it has grown too long. */
    static void prepare(Path log) {
        try {
            if (!Files.exists(log)) {
                Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            bound(log, BYTES_MAX);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot write the log " + log + ": " + e.getMessage(), e);
        }
    }

    /** Copies a log longer than {@code bytesMax} over its older part and empties it. */
    static void bound(Path log, long bytesMax) throws IOException {
        if (!Files.exists(log) || Files.size(log) <= bytesMax) {
            return;
        }
        Files.copy(log, log.resolveSibling(log.getFileName() + ".1"),
                StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    /** The last lines of a log without the frames of stack traces, which push the causes out of sight; empty where it cannot be read. */
    public static List<String> tail(Path log) {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - TAIL_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate(TAIL_BYTES);
            channel.read(bytes, from);
            List<String> lines = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !FRAME.matcher(line).find())
                    .toList();
            return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
