package io.weir.launcher.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.launcher.base.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a child when it starts, so that a later launcher recognises it. A process is taken for the child only when
 * process id, start time and program agree, and its marker stands in its command line: a process id alone is soon another program's.
 */
record PidFile(String name, Role role, long pid, Instant started, Path executable, String marker) {
    /** Linux derives start times from the boot time, which moves by up to about a second when the clock is corrected. */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

    static final String SUFFIX = ".pid";

    static PidFile of(ChildSpec spec, ProcessHandle process) throws IOException {
        Instant started = process.info().startInstant().orElse(Instant.EPOCH);
        return new PidFile(spec.name(), spec.role(), process.pid(), started, spec.executable().toRealPath(), spec.marker());
    }

    static PidFile read(Path file) throws IOException {
        JsonNode node = new ObjectMapper().readTree(file.toFile());
        try {
            return new PidFile(
                    node.path("name").asText(),
                    Role.valueOf(node.path("role").asText()),
                    node.path("pid").asLong(),
                    Instant.ofEpochMilli(node.path("startedAtMs").asLong()),
                    Path.of(node.path("executable").asText()),
                    node.path("marker").asText());
        } catch (IllegalArgumentException e) {
            throw new IOException("no pid file: " + file, e);
        }
    }

    Path write(Path runFolder) throws IOException {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("name", name).put("role", role.name()).put("pid", pid).put("startedAtMs", started.toEpochMilli());
        node.put("executable", executable.toString()).put("marker", marker);
        Path file = runFolder.resolve(name + SUFFIX);
        PrivateFile.write(file, node.toString());
        return file;
    }

    /** The process, if it still runs and is the one written down. */
    Optional<ProcessHandle> living() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isTheOne);
    }

    private boolean isTheOne(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        boolean sameStart = info.startInstant()
                .map(start -> Duration.between(started, start).abs().compareTo(START_TOLERANCE) <= 0)
                .orElse(false);
        boolean sameProgram = info.command().map(command -> Path.of(command).equals(executable)).orElse(false);
        boolean marked = marker.isEmpty() || info.commandLine().map(line -> line.contains(marker)).orElse(false);
        return sameStart && sameProgram && marked;
    }
}
