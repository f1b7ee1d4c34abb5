package io.weir.gateway.bedrock;

import io.weir.blackbox.bedrock.BedrockSimulator;
import io.weir.router.EngineId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Points the SDK's own chain at a simulator by system properties, and puts them back at the end. */
final class AwsChain implements AutoCloseable {

    private static final Map<String, String> PROPERTIES = Map.of(
            "AWS_REGION", "aws.region",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "aws.endpointUrlBedrockRuntime",
            "AWS_ACCESS_KEY_ID", "aws.accessKeyId",
            "AWS_SECRET_ACCESS_KEY", "aws.secretAccessKey",
            "AWS_SESSION_TOKEN", "aws.sessionToken");

    private final Map<String, String> before = new LinkedHashMap<>();

    private AwsChain() {}

    static AwsChain to(BedrockSimulator simulator) {
        AwsChain chain = new AwsChain();
        simulator.environment().forEach((variable, value) -> chain.set(PROPERTIES.get(variable), value));
        return chain;
    }

    AwsChain set(String property, String value) {
        before.putIfAbsent(property, System.getProperty(property, ""));
        System.setProperty(property, value);
        return this;
    }

    BedrockEngine engine(BedrockConnections connections) {
        return BedrockEngine.connect(new EngineId("bedrock"), List.of(Calls.model()), connections, System::nanoTime);
    }

    @Override
    public void close() {
        before.forEach((property, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, value);
            }
        });
    }
}
