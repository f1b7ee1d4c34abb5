package io.weir.tenancy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it is stored: never the key itself.
 *
 * @param caller who presents it
 * @param name for people
 * @param prefix its first characters, so that people recognise it
 * @param createdAt when it was made
 * @param expiresAt from when on it is refused, or null
 * @param revokedAt from when on it is refused, or null
 */
public record ApiKey(
        Caller caller, String name, String prefix, Instant createdAt, @Nullable Instant expiresAt, @Nullable Instant revokedAt) {

    public boolean isValidAt(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }
}
