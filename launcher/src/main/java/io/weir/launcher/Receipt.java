package io.weir.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The one line under an answer, from {@code GET /v1/requests/{id}}. What the gateway does not know is not shown as zero but as unknown. */
final class Receipt {
    private static final double MILLI = 1000.0;

    private Receipt() {
    }

    static String line(String id, JsonNode receipt) {
        List<String> parts = new ArrayList<>();
        parts.add(text(receipt.path("route"), "route unknown") + " (" + text(receipt.path("model"), "model unknown") + ")");
        JsonNode complexity = receipt.path("complexity");
        JsonNode milli = complexity.path("milli");
        parts.add(milli.isNumber() ? String.format("complexity %.3f", milli.asLong() / MILLI) : "complexity unknown");
        parts.add("why: " + text(receipt.path("rule"), "unknown") + signals(complexity.path("signals")));
        parts.add(tokens(receipt.path("usage")));
        JsonNode cost = receipt.path("cost");
        parts.add(cost.hasNonNull("amount") ? cost.path("amount").asText() + " " + cost.path("currency").asText() : "cost unknown");
        String state = text(receipt.path("state"), "");
        if (!state.equals("settled")) {
            parts.add(state);
        }
        return "-- " + String.join(" | ", parts) + " | " + id;
    }

    private static String signals(JsonNode signals) {
        List<String> names = new ArrayList<>();
        for (JsonNode signal : signals) {
            names.add(signal.isObject() ? text(signal.path("name"), signal.toString()) : signal.asText());
        }
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }

    private static String tokens(JsonNode usage) {
        JsonNode output = usage.path("output");
        if (!output.isNumber() || !usage.path("inputFresh").isNumber()) {
            return "tokens unknown";
        }
        long cached = usage.path("cacheRead").asLong(0);
        long input = usage.path("inputFresh").asLong() + cached + usage.path("cacheWrite").asLong(0);
        return input + " tokens in" + (cached > 0 ? " (" + cached + " cached)" : "") + ", " + output.asLong() + " out";
    }

    private static String text(JsonNode node, String otherwise) {
        return node.isTextual() && !node.asText().isEmpty() ? node.asText() : otherwise;
    }
}
