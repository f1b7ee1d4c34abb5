package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Children that an earlier launcher left running because it was killed. Called once, by the launcher that holds the data folder's lock,
 * before it starts anything.
 */
public final class Orphans {
    private static final Duration LOOK_PAUSE = Duration.ofMillis(20);

    private final Path runFolder;
    private final Progress progress;

    public Orphans(Path runFolder, Progress progress) {
        this.runFolder = runFolder;
        this.progress = progress;
    }

    /** Stops every process that a pid file names and that is provably the same one; others are left alone. Returns how many it stopped. */
    public int stop() {
        List<PidFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(runFolder, "*" + PidFile.SUFFIX)) {
            for (Path file : files) {
                read(file, found);
            }
        } catch (IOException e) {
            throw new LaunchFailure("Cannot read " + runFolder + ": " + e.getMessage(), e);
        }
        found.sort(Comparator.comparing(PidFile::role));
        int stopped = 0;
        for (PidFile pidFile : found) {
            stopped += pidFile.living().map(process -> stop(pidFile, process)).orElse(0);
            delete(runFolder.resolve(pidFile.name() + PidFile.SUFFIX));
        }
        return stopped;
    }

    private void read(Path file, List<PidFile> found) {
        try {
            found.add(PidFile.read(file));
        } catch (IOException e) {
            progress.warn("A pid file cannot be read and is removed: " + file);
            delete(file);
        }
    }

    private int stop(PidFile pidFile, ProcessHandle process) {
        List<ProcessHandle> below = process.descendants().toList();
        pidFile.role().signal().send(process);
        if (!ends(pidFile, pidFile.role().grace())) {
            process.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
            if (!ends(pidFile, Duration.ofSeconds(5))) {
                throw new LaunchFailure("Process " + pidFile.pid() + " (" + pidFile.name()
                        + "), left by a launcher that was killed, cannot be stopped.");
            }
        }
        progress.step(pidFile.name() + " (process " + pidFile.pid() + ") was left by a launcher that was killed: stopped");
        return 1;
    }

    /**
     * Asks often: Java's own wait for a process that is not its child looks only every few seconds. A process that ended and whose new
     * parent has not collected it yet shows no program any more and counts as ended.
     */
    private static boolean ends(PidFile pidFile, Duration timeMax) {
        long looks = timeMax.dividedBy(LOOK_PAUSE);
        for (long look = 0; look < looks && pidFile.living().isPresent(); look++) {
            try {
                Thread.sleep(LOOK_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return pidFile.living().isEmpty();
            }
        }
        return pidFile.living().isEmpty();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot remove " + file + ": " + e.getMessage(), e);
        }
    }
}
