package io.weir.engine.moe;

/** A request that cannot be served, with the status and the sentence that the client is told; the shape of the body is vLLM's. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;

    ApiException(int status, String type, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequestError", message);
    }

    static ApiException notFound(String message) {
        return new ApiException(404, "NotFoundError", message);
    }

    static ApiException tooLarge(String message) {
        return new ApiException(413, "RequestEntityTooLargeError", message);
    }

    static ApiException busy() {
        return new ApiException(503, "ServiceUnavailableError", "The engine's queue is full; try again later.");
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }
}
