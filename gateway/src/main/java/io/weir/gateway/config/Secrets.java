package io.weir.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads secrets from files: one a file, white space around it ignored. */
public final class Secrets {

    private static final long MAX_BYTES = 4096;

    private Secrets() {}

    public static String read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalStateException("the secret's file " + file.getFileName() + " is larger than " + MAX_BYTES + " bytes");
            }
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new IllegalStateException("the secret's file " + file.getFileName() + " is empty");
            }
            return secret;
        } catch (IOException unreadable) {
            throw new IllegalStateException("the secret's file " + file + " cannot be read", unreadable);
        }
    }
}
