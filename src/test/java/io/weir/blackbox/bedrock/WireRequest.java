package io.weir.blackbox.bedrock;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request as it came over the wire, nothing decoded.
 *
 * @param method  the verb
 * @param path    the path, still encoded
 * @param query   what follows the question mark, still encoded; empty if none
 * @param headers in order of arrival, repeated names included
 * @param body    the body's bytes, transfer coding removed
 */
record WireRequest(String method, String path, String query, List<Map.Entry<String, String>> headers, byte[] body) {

    WireRequest {
        headers = List.copyOf(headers);
    }

    /** The only value of that header; a repeated header's values are joined as RFC 9110 says. */
    Optional<String> header(String name) {
        List<String> values = headerValues(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }

    List<String> headerValues(String name) {
        return headers.stream().filter(header -> header.getKey().equalsIgnoreCase(name)).map(Map.Entry::getValue).toList();
    }

    List<String> headerNames() {
        return headers.stream().map(header -> header.getKey().toLowerCase(Locale.ROOT)).distinct().toList();
    }

    @Override
    public String toString() {
        return "WireRequest[" + method + " " + path + ", " + body.length + " body bytes]";
    }
}
