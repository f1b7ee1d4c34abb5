package io.weir.gateway.security;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Makes API keys: 256 random bits behind a recognisable prefix. Thread-safe. */
public final class KeyMaker {

    private static final String MARK = "weir_sk_";
    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 8;
    private static final int SHOWN = MARK.length() + 6;

    private final SecureRandom random;

    public KeyMaker(SecureRandom random) {
        this.random = random;
    }

    public NewKey make() {
        String secret = MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(KEY_BYTES));
        return new NewKey("key-" + HexFormat.of().formatHex(bytes(ID_BYTES)), secret);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * A key just made.
     *
     * @param id names it
     * @param secret the key itself: shown once, never stored
     */
    public record NewKey(String id, String secret) {

        /** The first characters, so that people recognise it. */
        public String prefix() {
            return secret.substring(0, SHOWN);
        }

        @Override
        public String toString() {
            return "NewKey[id=" + id + ", secret=REDACTED]";
        }
    }
}
