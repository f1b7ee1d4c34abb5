package io.weir.gateway.bedrock;

import java.time.Duration;

/**
 * Bounds of the client's connections. How long an answer may take is not among them: the pipeline's deadlines say that.
 *
 * @param most the most calls under way at once
 * @param waiting the most calls waiting for a connection; more break at once with nothing spent
 * @param connect how long connecting may take, TLS included
 * @param acquire how long a call may wait for a connection, connecting included
 * @param protocol what is spoken
 */
public record BedrockConnections(int most, int waiting, Duration connect, Duration acquire, Protocol protocol) {

    /** The protocol of a connection. */
    public enum Protocol {
        /** HTTP/1.1 on a plain-http endpoint (the SDK would assume HTTP/2 there), the SDK's own choice otherwise. */
        BY_ENDPOINT,
        HTTP_1_1,
        HTTP_2
    }

    /** As many calls as a gateway has streams by design, and as many again waiting no longer than failover can bear. */
    public static final BedrockConnections STANDARD =
            new BedrockConnections(512, 512, Duration.ofSeconds(2), Duration.ofSeconds(3), Protocol.BY_ENDPOINT);
}
