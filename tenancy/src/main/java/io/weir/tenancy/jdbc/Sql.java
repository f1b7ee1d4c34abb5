package io.weir.tenancy.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Loads one statement from its resource file in this package. Statements are constants of their users: read once, never put together. */
final class Sql {

    private Sql() {}

    /** @param name the file's name without {@code .sql} */
    static String load(String name) {
        return resource(name + ".sql");
    }

    static String resource(String path) {
        try (InputStream in = Sql.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks the resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
