package io.weir.engine.pool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What an engine's refusals and failures mean to the gateway. Says nothing of what they quote. */
final class EngineErrors {

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_LARGE = 413;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    /** An engine that asks for more than a day is not worth waiting for; also keeps arithmetic on it far from overflow. */
    private static final long RETRY_AFTER_SECONDS_MAX = 86_400;
    private static final int RETRY_AFTER_DIGITS = 9;

    private EngineErrors() {}

    /** An answer other than 200. Those that an engine gives before it begins cost nothing. */
    static Broken ofStatus(int status, @Nullable String retryAfter) {
        return switch (status) {
            case BAD_REQUEST, REQUEST_TIMEOUT, TOO_LARGE, UNPROCESSABLE -> new Broken(BreakCause.INVALID, Spent.NOTHING);
            case UNAUTHORIZED, FORBIDDEN, NOT_FOUND -> new Broken(BreakCause.DENIED, Spent.NOTHING);
            case TOO_MANY -> new Broken(BreakCause.THROTTLED, Spent.NOTHING, delay(retryAfter));
            case UNAVAILABLE -> new Broken(BreakCause.UNAVAILABLE, Spent.NOTHING, delay(retryAfter));
            default -> new Broken(BreakCause.SERVER_ERROR, Spent.UNKNOWN);
        };
    }

    /** No connection was had, so nothing was sent. */
    static Broken ofConnect(Throwable failure) {
        boolean full = failure instanceof ConnectionPoolTooBusyException || failure instanceof TimeoutException;
        return new Broken(full ? BreakCause.UNAVAILABLE : BreakCause.UNREACHABLE, Spent.NOTHING);
    }

    /** A connection failed after the request may have left. */
    static Broken ofExchange(Throwable failure) {
        boolean notHttp = failure instanceof DecoderException || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        return new Broken(notHttp ? BreakCause.MALFORMED : BreakCause.CUT, Spent.UNKNOWN);
    }

    /**
     * Looks through an error object, the parser standing at its start, for the ways engines say that the prompt is too long: OpenAI's code,
     * llama-server's type, the sentences of vLLM and SGLang.
     */
    static BreakCause causeIn(JsonParser parser, BreakCause fallback) throws IOException {
        boolean tooLong = false;
        int depth = 0;
        for (JsonToken token = parser.currentToken(); token != null; token = parser.nextToken()) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING) {
                tooLong |= saysTooLong(parser.currentName(), parser.getText());
            }
            if (depth == 0) {
                break;
            }
        }
        return tooLong ? BreakCause.CONTEXT_EXCEEDED : fallback;
    }

    private static boolean saysTooLong(@Nullable String field, String text) {
        return switch (field) {
            case "code", "type" -> text.equals("context_length_exceeded") || text.equals("exceed_context_size_error");
            case "message", "detail", "error" -> {
                String sentence = text.toLowerCase(Locale.ROOT);
                yield sentence.contains("context length") || sentence.contains("context size") || sentence.contains("context window");
            }
            case null, default -> false;
        };
    }

    /** RFC 9110 10.2.3 in its form of whole seconds; a date is not heeded. */
    private static @Nullable Duration delay(@Nullable String retryAfter) {
        if (retryAfter == null) {
            return null;
        }
        String digits = retryAfter.strip();
        if (digits.isEmpty() || digits.length() > RETRY_AFTER_DIGITS || !digits.chars().allMatch(unit -> unit >= '0' && unit <= '9')) {
            return null;
        }
        return Duration.ofSeconds(Math.min(Long.parseLong(digits), RETRY_AFTER_SECONDS_MAX));
    }
}
