package io.weir.gateway.bedrock;

import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.InternalServerException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceUnavailableException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/**
 * What a failure of the SDK means: why the call broke, and whether it can have cost anything. Nothing was spent only where that is proven: the
 * request was never handed over, no connection was made, or the service itself refused it before it began. Pure; never keeps a message, for
 * the service's sentences may quote the prompt.
 */
final class ConverseErrors {

    /** How far a call had come when it failed. */
    enum Progress {
        /** Not handed to the HTTP client. */
        NOT_SENT,
        /** Handed over; no response yet. */
        SENT,
        /** A good response has begun. */
        ANSWERING
    }

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;
    private static final int SERVER_ERRORS = 500;
    /** A cause chain longer than this is a loop. */
    private static final int CHAIN = 16;

    private ConverseErrors() {}

    static Broken broken(Throwable failure, Progress progress) {
        Throwable error = unwrapped(failure);
        if (error instanceof AwsServiceException service) {
            BreakCause cause = cause(service);
            boolean refused = progress != Progress.ANSWERING && refusedBeforeItBegan(service);
            return new Broken(cause, refused ? Spent.NOTHING : Spent.UNKNOWN, retryAfter(service));
        }
        return switch (progress) {
            case NOT_SENT -> new Broken(error instanceof CancellationException ? BreakCause.CANCELLED : BreakCause.DENIED, Spent.NOTHING);
            case SENT -> neverConnected(error)
                    ? new Broken(BreakCause.UNREACHABLE, Spent.NOTHING)
                    : new Broken(transport(error), Spent.UNKNOWN);
            case ANSWERING -> new Broken(transport(error), Spent.UNKNOWN);
        };
    }

    /** A word for the log: the service's error code or the failure's class, in letters that cannot forge a line. */
    static String code(Throwable failure) {
        Throwable error = unwrapped(failure);
        String code = error.getClass().getSimpleName();
        if (error instanceof AwsServiceException service && service.awsErrorDetails() != null && service.awsErrorDetails().errorCode() != null) {
            code = service.awsErrorDetails().errorCode();
        }
        return code.replaceAll("[^A-Za-z0-9_.]", "_").substring(0, Math.min(64, code.length()));
    }

    private static BreakCause cause(AwsServiceException error) {
        return switch (error) {
            case ThrottlingException e -> BreakCause.THROTTLED;
            case ServiceQuotaExceededException e -> BreakCause.THROTTLED;
            case ModelNotReadyException e -> BreakCause.UNAVAILABLE;
            case ServiceUnavailableException e -> BreakCause.UNAVAILABLE;
            case ModelTimeoutException e -> BreakCause.TIMED_OUT;
            case InternalServerException e -> BreakCause.SERVER_ERROR;
            case ModelErrorException e -> BreakCause.SERVER_ERROR;
            case ModelStreamErrorException e -> BreakCause.SERVER_ERROR;
            case AccessDeniedException e -> BreakCause.DENIED;
            case ResourceNotFoundException e -> BreakCause.DENIED;
            case ValidationException e -> aboutContext(e) ? BreakCause.CONTEXT_EXCEEDED : BreakCause.INVALID;
            default -> byStatus(error.statusCode());
        };
    }

    private static BreakCause byStatus(int status) {
        if (status == TOO_MANY_REQUESTS) {
            return BreakCause.THROTTLED;
        }
        if (status == UNAUTHORIZED || status == FORBIDDEN || status == NOT_FOUND) {
            return BreakCause.DENIED;
        }
        return status >= SERVER_ERRORS ? BreakCause.SERVER_ERROR : BreakCause.INVALID;
    }

    /**
     * The service's own word that it took nothing on. A failure inside (500, 424, 408) is none, and neither is a page of something in between
     * that has no error type.
     */
    private static boolean refusedBeforeItBegan(AwsServiceException error) {
        return switch (error) {
            case ThrottlingException e -> true;
            case ServiceQuotaExceededException e -> true;
            case ModelNotReadyException e -> true;
            case ServiceUnavailableException e -> true;
            case AccessDeniedException e -> true;
            case ResourceNotFoundException e -> true;
            case ValidationException e -> true;
            case ModelTimeoutException e -> false;
            case ModelErrorException e -> false;
            case ModelStreamErrorException e -> false;
            case InternalServerException e -> false;
            default -> error.statusCode() < SERVER_ERRORS && hasErrorType(error);
        };
    }

    private static boolean hasErrorType(AwsServiceException error) {
        AwsErrorDetails details = error.awsErrorDetails();
        return details != null && details.errorCode() != null && !details.errorCode().isEmpty();
    }

    private static boolean aboutContext(ValidationException error) {
        AwsErrorDetails details = error.awsErrorDetails();
        String message = details == null || details.errorMessage() == null ? "" : details.errorMessage().toLowerCase(Locale.ROOT);
        return message.contains("too long")
                || message.contains("too many input tokens")
                || message.contains("context") && (message.contains("exceed") || message.contains("maximum"));
    }

    private static @Nullable Duration retryAfter(AwsServiceException error) {
        AwsErrorDetails details = error.awsErrorDetails();
        if (details == null || details.sdkHttpResponse() == null) {
            return null;
        }
        return details.sdkHttpResponse().firstMatchingHeader("Retry-After")
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(null);
    }

    private static boolean neverConnected(Throwable error) {
        return inChain(error, ConnectException.class::isInstance)
                || inChain(error, UnknownHostException.class::isInstance)
                || inChain(error, UnresolvedAddressException.class::isInstance)
                || inChain(error, SSLHandshakeException.class::isInstance)
                || inChain(error, ConverseErrors::saysPoolIsFull);
    }

    /** The words of Netty's connection pool: the call waited for a connection in vain, or too many wait already. */
    private static boolean saysPoolIsFull(Throwable error) {
        String message = String.valueOf(error.getMessage());
        return error instanceof TimeoutException && message.startsWith("Acquire operation took longer")
                || error instanceof IllegalStateException && message.startsWith("Too many outstanding acquire operations");
    }

    private static BreakCause transport(Throwable error) {
        if (inChain(error, CancellationException.class::isInstance)) {
            return BreakCause.CANCELLED;
        }
        return inChain(error, IOException.class::isInstance) ? BreakCause.CUT : BreakCause.MALFORMED;
    }

    private static boolean inChain(Throwable error, Predicate<Throwable> sought) {
        Throwable at = error;
        for (int i = 0; i < CHAIN && at != null; i++) {
            if (sought.test(at)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
