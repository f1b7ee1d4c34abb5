package io.weir.gateway.bedrock;

import io.weir.gateway.bedrock.ConverseMapping.Delivered;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ReasoningTextBlock;

/** An answer by Converse: it arrives at once and is handed out as the events a stream would have had. */
final class WholeAnswer extends Call {

    static final String CONTENT_TYPE = "application/json";

    private final BedrockRuntimeAsyncClient client;
    private final ConverseRequest request;
    /** Written before {@code Ended} is signalled. */
    private volatile StreamEvent end = new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);

    WholeAnswer(BedrockRuntimeAsyncClient client, ConverseMapping.Prompt prompt, Transmission transmission, CallContext context) {
        super(transmission, context);
        this.client = client;
        this.request = prompt.whole(transmission);
    }

    @Override
    CompletableFuture<?> ask() {
        CompletableFuture<ConverseResponse> asked = client.converse(request);
        asked.whenComplete((response, failure) -> {
            if (failure != null) {
                signal(new Signal.Failed(failure));
            } else {
                answering();
                unpack(response);
            }
        });
        return asked;
    }

    /** On the SDK's thread: signals one event a block, then the usage, then the end. */
    private void unpack(ConverseResponse response) {
        Delivered delivered = Delivered.NOTHING;
        if (response.output() != null && response.output().message() != null && response.stopReason() != null) {
            for (ContentBlock block : response.output().message().content()) {
                StreamEvent event = event(block);
                if (event != null) {
                    delivered = Delivered.SOMETHING;
                    signal(new Signal.Arrived(event));
                }
            }
            ConverseMapping.finish(response.stopReason()).ifPresent(reason -> end = new StreamEvent.Finished(reason));
        }
        ConverseMapping.usage(response.usage(), delivered).ifPresent(usage -> signal(new Signal.Arrived(new StreamEvent.UsageReport(usage))));
        signal(new Signal.Ended());
    }

    private static @Nullable StreamEvent event(ContentBlock block) {
        return switch (block.type()) {
            case TEXT -> block.text().isEmpty() ? null : new StreamEvent.Delta(block.text());
            case REASONING_CONTENT -> reasoning(block.reasoningContent().reasoningText());
            case TOOL_USE, TOOL_RESULT, IMAGE, DOCUMENT, VIDEO, AUDIO -> new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
            case GUARD_CONTENT, CACHE_POINT, CITATIONS_CONTENT, SEARCH_RESULT, TOOL_ADDITION, TOOL_REMOVAL, UNKNOWN_TO_SDK_VERSION ->
                    null;
        };
    }

    private static @Nullable StreamEvent reasoning(@Nullable ReasoningTextBlock block) {
        return block == null || block.text() == null || block.text().isEmpty() ? null : new StreamEvent.ReasoningDelta(block.text());
    }

    @Override
    @Nullable StreamEvent read(Object content) {
        return (StreamEvent) content;
    }

    @Override
    StreamEvent atEnd() {
        return end;
    }

    @Override
    boolean complete() {
        return false;
    }

    @Override
    void stop() {
        // Cancelling the call is all there is to stop.
    }
}
