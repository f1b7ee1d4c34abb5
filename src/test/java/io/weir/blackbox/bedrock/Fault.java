package io.weir.blackbox.bedrock;

/** Something that goes wrong with one answer. Frames are counted from 1, {@code messageStart} being the first. */
public sealed interface Fault {

    /** Answers with a service exception instead of opening a stream; nothing is metered. */
    record HttpError(AwsError error) implements Fault {
    }

    /** A well-formed exception frame after that many frames, e.g. {@code modelStreamErrorException}; then the response ends. */
    record ExceptionFrame(int afterFrames, String type, String message) implements Fault {
    }

    /** The frame of that number arrives with a damaged checksum. */
    record BadCrc(int frame) implements Fault {
    }

    /** The connection closes (FIN) after that many bytes of the body. */
    record CutAtByte(int bytes) implements Fault {
    }

    /** The response ends properly, by HTTP's rules, after that many frames: no {@code messageStop}, no usage. */
    record EndEarly(int afterFrames) implements Fault {
    }

    /** Nothing at all is answered, not even a status line, until the client goes away. */
    record SilentBeforeHead() implements Fault {
    }

    /** Head and that many frames, then nothing until the client goes away. */
    record SilentAfter(int frames) implements Fault {
    }

    /** The connection is reset (RST) after that many frames; 0: before the response head. */
    record Reset(int afterFrames) implements Fault {
    }

    /** The right bytes under a wrong content type. */
    record WrongContentType(String contentType) implements Fault {
    }

    /** A proxy's HTML error page. */
    record HtmlPage(int status) implements Fault {
    }

    /** The model generates that many tokens more than {@code maxTokens} allows, if its script has them. */
    record AboveMaxTokens(int excess) implements Fault {
    }

    /** Everything but the usage: no {@code metadata} frame, no {@code usage} field. */
    record NoUsage() implements Fault {
    }

    /** 429: too many requests or tokens. */
    static Fault throttling() {
        return http(429, "ThrottlingException", "Too many requests, please wait before trying again.");
    }

    /** 503. */
    static Fault serviceUnavailable() {
        return http(503, "ServiceUnavailableException", "Bedrock is unable to process your request.");
    }

    /** 408: the model took too long. */
    static Fault modelTimeout() {
        return http(408, "ModelTimeoutException", "The model request timed out.");
    }

    /** 400. */
    static Fault validation() {
        return http(400, "ValidationException", "The provided request is not valid.");
    }

    /** 403: the caller may not use the model. */
    static Fault accessDenied() {
        return http(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.");
    }

    /** 429: the model is being loaded; the SDKs retry it by default. */
    static Fault modelNotReady() {
        return http(429, "ModelNotReadyException", "The model is not ready for inference.");
    }

    /** 500. */
    static Fault internalServer() {
        return http(500, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again.");
    }

    /** 424: the model itself failed. */
    static Fault modelError() {
        return http(424, "ModelErrorException", "The model returned an error.");
    }

    /** 404: no such model. */
    static Fault resourceNotFound() {
        return http(404, "ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier.");
    }

    /** 400: the account's quota is used up. */
    static Fault quotaExceeded() {
        return http(400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account.");
    }

    /** Mid-stream {@code modelStreamErrorException}. */
    static Fault modelStreamError(int afterFrames) {
        return new ExceptionFrame(afterFrames, "modelStreamErrorException", "The model encountered an error while streaming.");
    }

    /** Mid-stream {@code throttlingException}. */
    static Fault streamThrottling(int afterFrames) {
        return new ExceptionFrame(afterFrames, "throttlingException", "Too many tokens, please wait before trying again.");
    }

    private static Fault http(int status, String type, String message) {
        return new HttpError(new AwsError(status, type, message));
    }
}
