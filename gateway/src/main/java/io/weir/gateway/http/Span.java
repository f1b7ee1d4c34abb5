package io.weir.gateway.http;

import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads the ends of a half-open span of time from a query. */
public final class Span {

    private Span() {}

    /** A time by RFC 3339 in UTC, or null where none was given. */
    public static @Nullable Instant instant(@Nullable String value, String field) {
        if (value == null) {
            return null;
        }
        try {
            return Instant.parse(value);
        } catch (DateTimeParseException malformed) {
            throw new Refusal(new GatewayError.Invalid(
                    "invalid_value", field, "The field is a time by RFC 3339 in UTC, like 2026-11-01T00:00:00Z."));
        }
    }
}
