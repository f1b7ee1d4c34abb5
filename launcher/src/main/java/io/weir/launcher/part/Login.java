package io.weir.launcher.part;

import java.nio.file.Path;

/** A user's name and the file (mode 0600) that holds the password. */
public record Login(String user, Path passwordFile) {
}
