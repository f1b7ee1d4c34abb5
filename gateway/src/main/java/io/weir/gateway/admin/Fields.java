package io.weir.gateway.admin;

import io.weir.router.Money;
import io.weir.router.Refusal;
import io.weir.tenancy.Ids;
import io.weir.tenancy.pricing.Dollars;
import org.jspecify.annotations.Nullable;

/** Checks the fields of admin bodies and queries; each refusal names the field. */
final class Fields {

    private static final int NAME_CHARACTERS = 200;

    private Fields() {}

    static String id(@Nullable String value, String field) {
        if (value == null) {
            throw missing(field);
        }
        if (!Ids.isValid(value)) {
            throw AdminJson.invalid("invalid_value", field, "An id is 1 to 63 of a-z, 0-9 and '-', and does not begin with '-'.");
        }
        return value;
    }

    static String text(@Nullable String value, String field) {
        if (value == null) {
            throw missing(field);
        }
        if (value.isBlank() || value.length() > NAME_CHARACTERS || value.chars().anyMatch(Character::isISOControl)) {
            throw AdminJson.invalid("invalid_value", field, "The field is 1 to 200 characters without control characters.");
        }
        return value;
    }

    static @Nullable Long positive(@Nullable Long value, String field) {
        if (value != null && value < 1) {
            throw AdminJson.invalid("invalid_value", field, "The field is a whole number of at least 1, or null for no limit.");
        }
        return value;
    }

    static @Nullable Money budget(@Nullable Long nanos, String field) {
        if (nanos != null && (nanos < 0 || nanos > Money.MAX_COUNTER_NANOS)) {
            throw AdminJson.invalid(
                    "invalid_value", field, "The field is a whole number of nano-dollars from 0 to 9007199254740991, or null for no budget.");
        }
        return nanos == null ? null : Money.ofNanos(nanos);
    }

    static long price(@Nullable String dollars, String field) {
        if (dollars == null) {
            throw missing(field);
        }
        try {
            return Dollars.toNanos(dollars);
        } catch (IllegalArgumentException malformed) {
            throw AdminJson.invalid("invalid_value", field, "The field is a decimal string of US dollars per 1,000,000 tokens, like \"0.27\".");
        }
    }

    private static Refusal missing(String field) {
        return AdminJson.invalid("missing_required_parameter", field, "The field is required.");
    }
}
