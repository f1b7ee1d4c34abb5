package io.weir.tenancy.jdbc;

import java.nio.ByteBuffer;

/** A SHA-256 as a key of a map. */
record Sha256(long first, long second, long third, long fourth) {

    private static final int BYTES = 32;

    static Sha256 of(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("a SHA-256 has " + BYTES + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(digest);
        return new Sha256(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
}
