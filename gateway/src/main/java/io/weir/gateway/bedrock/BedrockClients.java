package io.weir.gateway.bedrock;

import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * Makes the SDK's client. Region, endpoint and credentials come from the SDK's own chain alone (variables, profile, container, instance); it
 * retries nothing and sets no time limit on an answer. Called once, at start; whoever calls closes the client.
 */
final class BedrockClients {

    /**
     * A caller who does not read must stop Bedrock's sending soon: the kernel's share is bounded too, which at 50 ms of distance still carries a
     * megabyte a second.
     */
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    private BedrockClients() {}

    /** Throws the SDK's own exception if no region can be found. */
    static BedrockRuntimeAsyncClient create(BedrockConnections connections) {
        NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder()
                .maxConcurrency(connections.most())
                .maxPendingConnectionAcquires(connections.waiting())
                .connectionTimeout(connections.connect())
                .tlsNegotiationTimeout(connections.connect())
                .connectionAcquisitionTimeout(connections.acquire())
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .putChannelOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        protocol(connections).ifPresent(http::protocol);
        return BedrockRuntimeAsyncClient.builder()
                .httpClientBuilder(http)
                .overrideConfiguration(override -> override
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new Transmission.Mark()))
                .build();
    }

    private static Optional<Protocol> protocol(BedrockConnections connections) {
        return switch (connections.protocol()) {
            case HTTP_1_1 -> Optional.of(Protocol.HTTP1_1);
            case HTTP_2 -> Optional.of(Protocol.HTTP2);
            case BY_ENDPOINT -> configuredEndpoint()
                    .filter(endpoint -> "http".equalsIgnoreCase(endpoint.getScheme()))
                    .map(plain -> Protocol.HTTP1_1);
        };
    }

    /** Asks the SDK itself what endpoint its chain names, by way of a client that never connects. */
    private static Optional<URI> configuredEndpoint() {
        try (BedrockRuntimeAsyncClient probe = BedrockRuntimeAsyncClient.builder()
                .httpClient(new NoHttp())
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build()) {
            return probe.serviceClientConfiguration().endpointOverride();
        }
    }

    /** Connects to nothing. */
    private static final class NoHttp implements SdkAsyncHttpClient {

        @Override
        public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("this client only answers questions about itself"));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
