package io.weir.blackbox.bedrock;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key pair the simulator knows.
 *
 * @param id             the access key id, public
 * @param secret         the secret that signs
 * @param sessionToken   the token of temporary credentials, which then must come along and be signed; null for a long-lived key
 * @param expires        when temporary credentials lapse; null: never
 */
public record AccessKey(String id, String secret, @Nullable String sessionToken, @Nullable Instant expires) {

    /** A long-lived key. */
    public static AccessKey permanent(String id, String secret) {
        return new AccessKey(id, secret, null, null);
    }

    /** Temporary credentials. */
    public static AccessKey temporary(String id, String secret, String sessionToken, Instant expires) {
        return new AccessKey(id, secret, sessionToken, expires);
    }

    @Override
    public String toString() {
        return "AccessKey[" + id + ", REDACTED]";
    }
}
