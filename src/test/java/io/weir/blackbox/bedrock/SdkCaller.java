package io.weir.blackbox.bedrock;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The real AWS SDK pointed at a simulator, retries off, HTTP/1.1. */
final class SdkCaller implements AutoCloseable {

    static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
    private static final int WAIT_SECONDS = 20;

    /** Shared, because each group of threads of its own takes two seconds to shut down; its threads end with the process. */
    private static final SdkEventLoopGroup THREADS = SdkEventLoopGroup.builder().numberOfThreads(2)
            .threadFactory(Thread.ofPlatform().daemon().name("sdk-", 0).factory()).build();

    private final BedrockRuntimeAsyncClient client;

    SdkCaller(URI endpoint, AccessKey key, String region) {
        String token = key.sessionToken();
        AwsCredentials credentials = token == null
                ? AwsBasicCredentials.create(key.id(), key.secret())
                : AwsSessionCredentials.create(key.id(), key.secret(), token);
        this.client = BedrockRuntimeAsyncClient.builder()
                .endpointOverride(endpoint)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().eventLoopGroup(THREADS).protocol(Protocol.HTTP1_1).maxConcurrency(64)
                        .readTimeout(Duration.ofSeconds(WAIT_SECONDS)))
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    static SdkCaller of(BedrockSimulator simulator) {
        return new SdkCaller(simulator.endpoint(), simulator.account().keys().getFirst(), simulator.account().region());
    }

    ConverseResponse converse(String text) throws Throwable {
        return converse(text, request -> { });
    }

    ConverseResponse converse(String text, Consumer<ConverseRequest.Builder> change) throws Throwable {
        ConverseRequest.Builder request = ConverseRequest.builder().modelId(MODEL).messages(user(text)).inferenceConfig(i -> i.maxTokens(1000));
        change.accept(request);
        return join(client.converse(request.build()));
    }

    /** Opens a stream that is read as fast as it comes. */
    Streamed stream(String text) {
        return stream(text, request -> { });
    }

    Streamed stream(String text, Consumer<ConverseStreamRequest.Builder> change) {
        ConverseStreamRequest.Builder request = ConverseStreamRequest.builder().modelId(MODEL).messages(user(text))
                .inferenceConfig(i -> i.maxTokens(1000));
        change.accept(request);
        return new Streamed(client, request.build());
    }

    static Message user(String text) {
        return Message.builder().role(ConversationRole.USER).content(ContentBlock.fromText(text)).build();
    }

    private static <T> T join(CompletableFuture<T> future) throws Throwable {
        try {
            return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** One stream under way. */
    static final class Streamed {

        private final List<ConverseStreamOutput> events = new ArrayList<>();
        private final AtomicReference<Subscription> subscription = new AtomicReference<>();
        private final CompletableFuture<Void> done;

        Streamed(BedrockRuntimeAsyncClient client, ConverseStreamRequest request) {
            this.done = client.converseStream(request, ConverseStreamResponseHandler.builder()
                    .onEventStream(publisher -> publisher.subscribe(new org.reactivestreams.Subscriber<>() {
                        @Override
                        public void onSubscribe(Subscription s) {
                            subscription.set(s);
                            s.request(Long.MAX_VALUE);
                        }

                        @Override
                        public void onNext(ConverseStreamOutput event) {
                            synchronized (events) {
                                events.add(event);
                            }
                        }

                        @Override
                        public void onError(Throwable failure) {
                            // The future fails with the same.
                        }

                        @Override
                        public void onComplete() {
                            // The future completes too.
                        }
                    }))
                    .build());
        }

        List<ConverseStreamOutput> events() {
            synchronized (events) {
                return List.copyOf(events);
            }
        }

        List<String> eventTypes() {
            return events().stream().map(event -> event.sdkEventType().toString()).toList();
        }

        String text() {
            StringBuilder text = new StringBuilder();
            for (ConverseStreamOutput event : events()) {
                if (event instanceof ContentBlockDeltaEvent delta && delta.delta().text() != null) {
                    text.append(delta.delta().text());
                }
            }
            return text.toString();
        }

        Streamed await() throws Throwable {
            join(done);
            return this;
        }

        /** What ended the stream; fails if it ended well. */
        Throwable failure() throws TimeoutException, InterruptedException {
            try {
                done.get(WAIT_SECONDS, TimeUnit.SECONDS);
                throw new AssertionError("the stream ended well");
            } catch (ExecutionException failed) {
                return failed.getCause();
            }
        }

        boolean isDone() {
            return done.isDone();
        }

        void cancel() {
            Subscription s = subscription.get();
            if (s != null) {
                s.cancel();
            }
            done.cancel(true);
        }
    }
}
