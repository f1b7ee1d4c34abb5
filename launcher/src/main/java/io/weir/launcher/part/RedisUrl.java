package io.weir.launcher.part;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A Redis somewhere else: {@code redis://[:password@]host[:6379][/database]}, or {@code rediss://} for TLS (IANA's registered form).
 * Weir signs in as Redis' default user.
 *
 * @param url without credentials
 * @param password empty where none is asked for
 */
public record RedisUrl(String host, int port, String url, String password) {
    private static final int DEFAULT_PORT = 6379;

    /** Throws {@link IllegalArgumentException} with the rest of a sentence that begins with the flag's name. */
    public static RedisUrl parse(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is no URL", e);
        }
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equals("redis") && !scheme.equals("rediss")) {
            throw new IllegalArgumentException("is no redis:// or rediss:// URL");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("must name one host: redis://:PASSWORD@HOST:PORT");
        }
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        String rest = (uri.getRawPath() == null ? "" : uri.getRawPath()) + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        String url = scheme + "://" + uri.getHost() + ":" + port + rest;
        String[] credentials = uri.getRawUserInfo() == null ? new String[] {""} : uri.getRawUserInfo().split(":", 2);
        if (credentials.length == 2 && !credentials[0].isEmpty() && !credentials[0].equals("default")) {
            throw new IllegalArgumentException("names a user, but Weir signs in as Redis' default user: redis://:PASSWORD@HOST:PORT");
        }
        return new RedisUrl(uri.getHost(), port, url, decoded(credentials[credentials.length - 1]));
    }

    public boolean isTls() {
        return url.startsWith("rediss:");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return url;
    }
}
