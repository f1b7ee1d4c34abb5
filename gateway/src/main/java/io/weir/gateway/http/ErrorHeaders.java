package io.weir.gateway.http;

import io.weir.router.GatewayError;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers that go with an error. */
final class ErrorHeaders {

    private ErrorHeaders() {}

    static Map<String, String> of(GatewayError error) {
        Map<String, String> headers = new LinkedHashMap<>();
        error.retryAfterSeconds().ifPresent(seconds -> headers.put("retry-after", Long.toString(seconds)));
        if (error instanceof GatewayError.BudgetExhausted || error instanceof GatewayError.BudgetHeld) {
            headers.put("x-should-retry", "false");
        }
        if (error instanceof GatewayError.Unauthenticated) {
            headers.put("www-authenticate", "Bearer");
        }
        if (error instanceof GatewayError.TooLarge) {
            headers.put("connection", "close");
        }
        return headers;
    }
}
