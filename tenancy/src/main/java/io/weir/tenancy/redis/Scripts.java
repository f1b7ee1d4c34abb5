package io.weir.tenancy.redis;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A script of this package and the name Redis knows it by. */
enum Scripts {
    RESERVE("reserve.lua"),
    SETTLE("settle.lua"),
    SEED("seed.lua"),
    CHECKPOINT("checkpoint.lua"),
    HOLDS("holds.lua"),
    DELIVERED("delivered.lua");

    private final String text;
    private final String sha;

    Scripts(String file) {
        this.text = load(file);
        this.sha = Base16.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return text;
    }

    String sha() {
        return sha;
    }

    private static String load(String file) {
        try (InputStream in = Scripts.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks the resource " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
