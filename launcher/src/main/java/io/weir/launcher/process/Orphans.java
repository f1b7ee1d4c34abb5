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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Children that an earlier launcher left running because it was killed. Called once, by the launcher that holds the data folder's lock,
 * before it starts anything.
 */
public final class Orphans {
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
        if (!ends(process, pidFile.role().grace())) {
            process.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
            if (!ends(process, Duration.ofSeconds(5))) {
                throw new LaunchFailure("Process " + pidFile.pid() + " (" + pidFile.name()
                        + "), left by a launcher that was killed, cannot be stopped.");
            }
        }
        progress.step(pidFile.name() + " (process " + pidFile.pid() + ") was left by a launcher that was killed: stopped");
        return 1;
    }

    private static boolean ends(ProcessHandle process, Duration timeMax) {
        try {
            process.onExit().get(timeMax.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot remove " + file + ": " + e.getMessage(), e);
        }
    }
}
