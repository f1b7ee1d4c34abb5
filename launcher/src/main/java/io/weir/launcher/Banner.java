package io.weir.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a person reads when Weir is ready: where it listens, and a line that works when pasted. */
final class Banner {
    private final Map<String, String> environment;
    private final Path defaultData;

    Banner(Map<String, String> environment, Path defaultData) {
        this.environment = environment;
        this.defaultData = defaultData;
    }

    String text(Running running, boolean embeddedEngine) {
        String endpoint = running.first().endpoint().toString();
        StringBuilder text = new StringBuilder("\nWeir is ready.\n\n");
        row(text, "endpoint", endpoint + "/v1   (OpenAI's wire format; model \"auto\" lets Weir choose)");
        if (running.gateways().size() > 1) {
            row(text, "also", String.join(" ", running.gateways().stream().skip(1).map(one -> one.endpoint() + "/v1").toList()));
        }
        row(text, "metrics", running.first().management() + "/metrics");
        row(text, "demo key", running.data().demoKey().toString());
        row(text, "admin key", running.data().adminKey().toString());
        row(text, "everything", running.data().stateFile() + "   (addresses, process ids, logs)");
        row(text, "on-prem", embeddedEngine
                ? "the embedded engine with a small demonstration model: it shows the way, not the quality"
                : running.engines().onPrem().toString());
        row(text, "Bedrock", bedrock(running.engines().bedrockModels()));
        text.append("\nTry it:\n\n").append(curl(endpoint, running.data().demoKey()));
        text.append("\n\nor: ./weir ask ").append(dataFlag(running.data().root())).append("\"What is 17 + 25?\"");
        text.append("\nCtrl-C stops everything.\n");
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format("  %-12s%s%n", name, value));
    }

    private String bedrock(List<String> models) {
        if (models.isEmpty()) {
            return "not configured (--bedrock MODEL[,MODEL...], with AWS_REGION and credentials in the environment)";
        }
        String region = environment.getOrDefault("AWS_REGION", "");
        String where = region.isEmpty() ? "   (region and credentials by the AWS SDK's own chain)" : "   in " + region;
        return String.join(", ", models) + where;
    }

    /** One line of shell: it reads the key from its file, so that no key stands in a shell's history. */
    static String curl(String endpoint, Path key) {
        return "curl -sSN " + endpoint + "/v1/chat/completions -H \"Authorization: Bearer $(cat " + quoted(key) + ")\""
                + " -H 'Content-Type: application/json'"
                + " -d '{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"What is 17 + 25?\"}]}'";
    }

    private String dataFlag(Path data) {
        return data.equals(defaultData) ? "" : "--data " + quoted(data) + " ";
    }

    private static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
