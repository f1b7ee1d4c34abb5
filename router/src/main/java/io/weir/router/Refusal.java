package io.weir.router;

/** Carries a {@link GatewayError} out of straight-line code. Has no stack trace: it is an answer, not a fault. */
public final class Refusal extends RuntimeException {

    private final transient GatewayError error;

    public Refusal(GatewayError error) {
        super(error.code(), null, false, false);
        this.error = error;
    }

    public GatewayError error() {
        return error;
    }
}
