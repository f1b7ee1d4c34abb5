package io.weir.router;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Everything Weir answers instead of what was asked. Only {@link #message} reaches a client, in the dialect of the API called; it quotes
 * field names, never values.
 */
public sealed interface GatewayError {

    /** The HTTP status. */
    int status();

    /** A fixed word for programs. */
    String code();

    /** What went wrong and what to do, for people. */
    String message();

    /** The offending field, or null. */
    default @Nullable String param() {
        return null;
    }

    /** Whole seconds after which the same call has a chance, where that is known. */
    default OptionalLong retryAfterSeconds() {
        return OptionalLong.empty();
    }

    /** No valid credential. */
    record Unauthenticated(String message) implements GatewayError {
        public Unauthenticated() {
            this("No valid API key was sent. Send one as 'Authorization: Bearer <key>'.");
        }

        @Override
        public int status() {
            return 401;
        }

        @Override
        public String code() {
            return "invalid_api_key";
        }
    }

    /** The credential is valid, but not for this. */
    record Forbidden(String message) implements GatewayError {
        @Override
        public int status() {
            return 403;
        }

        @Override
        public String code() {
            return "forbidden";
        }
    }

    /** The request is not one. */
    record Invalid(String code, @Nullable String param, String message) implements GatewayError {
        @Override
        public int status() {
            return 400;
        }
    }

    /** The body is over the limit. */
    record TooLarge(long limitBytes) implements GatewayError {
        @Override
        public int status() {
            return 413;
        }

        @Override
        public String code() {
            return "request_too_large";
        }

        @Override
        public String message() {
            return "The body is larger than " + limitBytes + " bytes. Send a shorter conversation.";
        }
    }

    /** The body is of a type or coding we do not read. */
    record UnsupportedMedia(String message) implements GatewayError {
        @Override
        public int status() {
            return 415;
        }

        @Override
        public String code() {
            return "unsupported_media_type";
        }
    }

    /** The model asked for is none the caller can use. */
    record ModelNotFound() implements GatewayError {
        @Override
        public int status() {
            return 404;
        }

        @Override
        public String code() {
            return "model_not_found";
        }

        @Override
        public String param() {
            return "model";
        }

        @Override
        public String message() {
            return "No such model, or not one you may use. GET /v1/models lists yours; 'auto' lets Weir choose.";
        }
    }

    /** Nothing by that id, or not the caller's. */
    record NotFound(String message) implements GatewayError {
        @Override
        public int status() {
            return 404;
        }

        @Override
        public String code() {
            return "not_found";
        }
    }

    /** The path is there, the method is not. */
    record MethodNotAllowed() implements GatewayError {
        @Override
        public int status() {
            return 405;
        }

        @Override
        public String code() {
            return "method_not_allowed";
        }

        @Override
        public String message() {
            return "This path does not take that method.";
        }
    }

    /** It exists already. */
    record Conflict(String message) implements GatewayError {
        @Override
        public int status() {
            return 409;
        }

        @Override
        public String code() {
            return "conflict";
        }
    }

    /** A quota has no room now. */
    record RateLimited(String quota, Duration delay) implements GatewayError {
        @Override
        public int status() {
            return 429;
        }

        @Override
        public String code() {
            return "rate_limited";
        }

        @Override
        public String message() {
            return "The quota of " + quota + " is used up for now. Wait as long as Retry-After says.";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(ceilSeconds(delay));
        }
    }

    /** The budget's rest does not cover the worst case. */
    record BudgetExhausted(@Nullable Duration untilNextPeriod) implements GatewayError {
        @Override
        public int status() {
            return 429;
        }

        @Override
        public String code() {
            return "insufficient_quota";
        }

        @Override
        public String message() {
            return untilNextPeriod == null
                    ? "The worst case of this request is above the whole budget. Ask for fewer max_tokens or a larger budget."
                    : "The budget does not cover the worst case of this request. Ask for fewer max_tokens, or wait for the next period.";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return untilNextPeriod == null ? OptionalLong.empty() : OptionalLong.of(ceilSeconds(untilNextPeriod));
        }
    }

    /** The budget covers the request, but calls under way hold it. */
    record BudgetHeld() implements GatewayError {
        @Override
        public int status() {
            return 429;
        }

        @Override
        public String code() {
            return "budget_held";
        }

        @Override
        public String message() {
            return "Calls under way hold the rest of the budget. Try again when they have ended.";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(1);
        }
    }

    /** Spending cannot be proven to be within limits now, so nothing is spent. */
    record StoresAway() implements GatewayError {
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String code() {
            return "accounting_unavailable";
        }

        @Override
        public String message() {
            return "Budgets cannot be checked right now, so nothing is spent. Try again soon.";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(1);
        }
    }

    /** No engine may or can answer this request now. */
    record NoEngine(String message) implements GatewayError {
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String code() {
            return "no_engine";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(1);
        }
    }

    /** The engine failed. */
    record EngineFailed() implements GatewayError {
        @Override
        public int status() {
            return 502;
        }

        @Override
        public String code() {
            return "engine_failed";
        }

        @Override
        public String message() {
            return "The engine failed before its answer was complete.";
        }
    }

    /** The engine asks for fewer requests. */
    record EngineThrottled(@Nullable Duration delay) implements GatewayError {
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String code() {
            return "engine_overloaded";
        }

        @Override
        public String message() {
            return "Every engine that may answer is overloaded. Try again soon.";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(delay == null ? 1 : ceilSeconds(delay));
        }
    }

    /** A deadline passed. */
    record EngineTimedOut() implements GatewayError {
        @Override
        public int status() {
            return 504;
        }

        @Override
        public String code() {
            return "engine_timed_out";
        }

        @Override
        public String message() {
            return "The engine did not answer in time.";
        }
    }

    /** Too much is under way on this gateway. */
    record Overloaded(String message) implements GatewayError {
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String code() {
            return "overloaded";
        }

        @Override
        public OptionalLong retryAfterSeconds() {
            return OptionalLong.of(1);
        }
    }

    /** Weir failed; the log has the request id. */
    record Internal() implements GatewayError {
        @Override
        public int status() {
            return 500;
        }

        @Override
        public String code() {
            return "internal_error";
        }

        @Override
        public String message() {
            return "Weir failed. The x-request-id names this request in the log.";
        }
    }

    private static long ceilSeconds(Duration delay) {
        long seconds = delay.toSeconds();
        return Math.max(1, delay.toNanosPart() > 0 ? seconds + 1 : seconds);
    }
}
