package io.weir.gateway.bedrock;

import io.weir.gateway.bedrock.ConverseMapping.Delivered;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * An answer by ConverseStream. One event is asked for at a time, the next when the one before has been read. The end of the response is taken for
 * the end of the answer only after {@code messageStop}: over HTTP/1.1 the SDK reports a connection cut in the middle as a good end.
 */
final class StreamedAnswer extends Call implements Subscriber<ConverseStreamOutput> {

    static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

    private final BedrockRuntimeAsyncClient client;
    private final ConverseStreamRequest request;
    private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
    private @Nullable StopReason stopped;
    private Delivered delivered = Delivered.NOTHING;
    private boolean accounted;

    StreamedAnswer(BedrockRuntimeAsyncClient client, ConverseMapping.Prompt prompt, Transmission transmission, CallContext context) {
        super(transmission, context);
        this.client = client;
        this.request = prompt.streamed(transmission);
    }

    @Override
    CompletableFuture<?> ask() {
        ConverseStreamResponseHandler handler = ConverseStreamResponseHandler.builder()
                .onResponse(response -> answering())
                .onEventStream(events -> events.subscribe(this))
                .build();
        CompletableFuture<Void> asked = client.converseStream(request, handler);
        asked.whenComplete((nothing, failure) -> {
            if (failure != null && subscription.get() == null) {
                signal(new Signal.Failed(failure));
            } else if (failure != null) {
                onError(failure);
            }
        });
        return asked;
    }

    @Override
    public void onSubscribe(Subscription events) {
        subscription.set(events);
        if (isClosed()) {
            events.cancel();
        } else {
            events.request(1);
        }
    }

    @Override
    public void onNext(ConverseStreamOutput event) {
        signal(new Signal.Arrived(event));
    }

    @Override
    public void onError(Throwable failure) {
        signal(new Signal.Failed(failure));
    }

    @Override
    public void onComplete() {
        signal(new Signal.Ended());
    }

    @Override
    @Nullable StreamEvent read(Object content) {
        Subscription events = subscription.get();
        if (events != null) {
            events.request(1);
        }
        return switch (content) {
            case ContentBlockDeltaEvent delta -> delta(delta.delta());
            case ConverseStreamMetadataEvent metadata -> usage(metadata);
            case MessageStopEvent stop -> {
                stopped = stop.stopReason();
                yield null;
            }
            default -> null;
        };
    }

    private @Nullable StreamEvent delta(ContentBlockDelta delta) {
        StreamEvent event = switch (delta.type()) {
            case TEXT -> delta.text().isEmpty() ? null : new StreamEvent.Delta(delta.text());
            case REASONING_CONTENT -> {
                String text = delta.reasoningContent().text();
                yield text == null || text.isEmpty() ? null : new StreamEvent.ReasoningDelta(text);
            }
            case TOOL_USE, TOOL_RESULT, IMAGE -> new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
            case CITATION, UNKNOWN_TO_SDK_VERSION -> null;
        };
        if (event != null) {
            delivered = Delivered.SOMETHING;
        }
        return event;
    }

    private @Nullable StreamEvent usage(ConverseStreamMetadataEvent metadata) {
        accounted = true;
        return ConverseMapping.usage(metadata.usage(), delivered).map(StreamEvent.UsageReport::new).orElse(null);
    }

    @Override
    StreamEvent atEnd() {
        if (stopped == null) {
            return new Broken(BreakCause.CUT, Spent.UNKNOWN);
        }
        return ConverseMapping.finish(stopped)
                .<StreamEvent>map(StreamEvent.Finished::new)
                .orElseGet(() -> new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
    }

    @Override
    boolean complete() {
        return stopped != null && accounted;
    }

    @Override
    void stop() {
        Subscription events = subscription.get();
        if (events != null) {
            events.cancel();
        }
    }
}
