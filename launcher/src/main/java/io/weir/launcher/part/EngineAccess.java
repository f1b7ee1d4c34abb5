package io.weir.launcher.part;

import java.net.URI;
import java.util.List;

/**
 * Which engines the gateways may use.
 *
 * @param onPrem the address of an OpenAI-compatible engine, without {@code /v1}
 * @param bedrockModels Bedrock's model ids; none means that Bedrock is not configured
 */
public record EngineAccess(URI onPrem, List<String> bedrockModels) {

    public EngineAccess {
        bedrockModels = List.copyOf(bedrockModels);
    }
}
