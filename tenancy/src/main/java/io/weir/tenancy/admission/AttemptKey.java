package io.weir.tenancy.admission;

import io.weir.router.RequestId;

/**
 * Names one attempt of one request: one hold, one intent, one USAGE row.
 *
 * @param request the request
 * @param attempt 1 to 3
 */
public record AttemptKey(RequestId request, int attempt) implements Comparable<AttemptKey> {

    /** {@code <request id>:<attempt>}. */
    public String text() {
        return request + ":" + attempt;
    }

    /** The inverse of {@link #text}. */
    public static AttemptKey parse(String text) {
        int colon = text.lastIndexOf(':');
        return new AttemptKey(RequestId.parse(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public int compareTo(AttemptKey other) {
        int byRequest = request.value().compareTo(other.request.value());
        return byRequest != 0 ? byRequest : Integer.compare(attempt, other.attempt);
    }
}
