package io.weir.launcher.part;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL database somewhere else, as the person names it: {@code postgres://user:password@host:5432/weir} (libpq's form, 34.1.1.2
 * of PostgreSQL's manual) or {@code jdbc:postgresql://host:5432/weir?user=...&password=...} (pgJDBC's).
 *
 * @param jdbcUrl without credentials
 */
public record PostgresUrl(String host, int port, String database, String jdbcUrl, String user, String password) {
    private static final int DEFAULT_PORT = 5432;

    /** Throws {@link IllegalArgumentException} with the rest of a sentence that begins with the flag's name. */
    public static PostgresUrl parse(String text) {
        String plain = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
        URI uri = uri(plain);
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equals("postgres") && !scheme.equals("postgresql")) {
            throw new IllegalArgumentException("is no postgres:// or jdbc:postgresql:// URL");
        }
        String database = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
        if (uri.getHost() == null || database.isEmpty()) {
            throw new IllegalArgumentException("must name one host and a database: postgres://USER:PASSWORD@HOST:PORT/DATABASE");
        }
        Credentials credentials = new Credentials(uri);
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        String query = credentials.restOfQuery.isEmpty() ? "" : "?" + String.join("&", credentials.restOfQuery);
        String jdbcUrl = "jdbc:postgresql://" + uri.getHost() + ":" + port + "/" + database + query;
        return new PostgresUrl(uri.getHost(), port, database, jdbcUrl, credentials.user, credentials.password);
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is no URL", e);
        }
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return user + " at " + jdbcUrl;
    }

    private static final class Credentials {
        private String user = "";
        private String password = "";
        private final List<String> restOfQuery = new ArrayList<>();

        Credentials(URI uri) {
            String userInfo = uri.getRawUserInfo();
            if (userInfo != null) {
                String[] parts = userInfo.split(":", 2);
                user = decoded(parts[0]);
                password = parts.length == 2 ? decoded(parts[1]) : "";
            }
            if (uri.getRawQuery() != null) {
                for (String pair : uri.getRawQuery().split("&")) {
                    take(pair);
                }
            }
            if (user.isEmpty() || password.isEmpty()) {
                throw new IllegalArgumentException("must carry a user and a password: postgres://USER:PASSWORD@HOST:PORT/DATABASE");
            }
        }

        private void take(String pair) {
            if (pair.startsWith("user=")) {
                user = decoded(pair.substring("user=".length()));
            } else if (pair.startsWith("password=")) {
                password = decoded(pair.substring("password=".length()));
            } else {
                restOfQuery.add(pair);
            }
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
    }
}
