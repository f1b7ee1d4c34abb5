package io.weir.launcher.data;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Passwords and keys: made once, each in a file of mode 0600, never printed. Used by the launcher's starting threads. */
public final class Secrets {
    /** 256 bits: beyond guessing, also for a machine that keeps the hash. */
    private static final int BYTES = 32;

    private final Path folder;
    private final RandomGenerator random;

    /** {@code random} must be cryptographically strong outside tests. */
    public Secrets(Path folder, RandomGenerator random) {
        this.folder = folder;
        this.random = random;
    }

    /** The file of that name in the secrets folder. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** The secret in the file of that name; made now if it is not there. */
    public String password(String name) {
        return orMade(file(name), "");
    }

    /** The secret in {@code file}; made now, with {@code prefix} in front, if it is not there. */
    public String orMade(Path file, String prefix) {
        try {
            if (Files.exists(file)) {
                String found = PrivateFile.read(file);
                if (found.isEmpty()) {
                    throw new LaunchFailure(file + " is empty; remove it, and a new one is made.");
                }
                return found;
            }
            String made = prefix + random();
            PrivateFile.write(file, made);
            return made;
        } catch (IOException e) {
            throw new LaunchFailure("Cannot read or write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Keeps a secret that came from elsewhere; returns its file. */
    public Path keep(String name, String secret) {
        try {
            PrivateFile.write(file(name), secret);
            return file(name);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot write " + file(name) + ": " + e.getMessage(), e);
        }
    }

    private String random() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
