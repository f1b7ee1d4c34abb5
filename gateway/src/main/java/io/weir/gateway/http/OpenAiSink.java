package io.weir.gateway.http;

import io.vertx.core.http.HttpServerResponse;
import io.weir.gateway.dialect.ChatHead;
import io.weir.gateway.dialect.OpenAiChatStreamWriter;
import io.weir.gateway.dialect.OpenAiChatWriter;
import io.weir.gateway.dialect.OpenAiErrorWriter;
import io.weir.gateway.dialect.WholeAnswer;
import io.weir.gateway.pipeline.AnswerStart;
import io.weir.gateway.pipeline.ResponseSink;
import io.weir.router.GatewayError;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sends one answer in OpenAI's form, streamed or whole as was asked. The head is written at the first event, so that a failure before it is an HTTP
 * status.
 */
final class OpenAiSink implements ResponseSink {

    private final SseResponse response;
    private final Instant created;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private @Nullable AnswerStart start;
    private @Nullable OpenAiChatStreamWriter stream;

    OpenAiSink(SseResponse response, Instant created) {
        this.response = response;
        this.created = created;
    }

    @Override
    public void open(AnswerStart answer) {
        start = answer;
        if (response.isGone()) {
            return;
        }
        WeirHeaders.put(response.head(), answer);
        if (answer.request().answer().stream()) {
            stream = new OpenAiChatStreamWriter(head(answer), answer.request().answer());
            HttpServerResponse head = response.head();
            head.setChunked(true);
            head.putHeader("content-type", "text/event-stream; charset=utf-8");
            head.putHeader("cache-control", "no-cache");
            head.putHeader("x-accel-buffering", "no");
        }
    }

    @Override
    public void delta(StreamEvent.Delta delta) {
        if (stream != null) {
            response.write(stream.delta(delta.text()));
        } else {
            text.append(delta.text());
        }
    }

    @Override
    public void reasoning(StreamEvent.ReasoningDelta delta) {
        if (stream != null) {
            byte[] bytes = stream.reasoning(delta.text());
            if (bytes.length > 0) {
                response.write(bytes);
            }
        } else {
            reasoning.append(delta.text());
        }
    }

    @Override
    public void complete(FinishReason reason, Usage usage) {
        if (response.isGone() || start == null) {
            return;
        }
        if (stream != null) {
            response.end(stream.end(reason, usage));
        } else {
            WholeAnswer answer = new WholeAnswer(text.toString(), reasoning.toString(), reason, usage);
            response.head().putHeader("content-type", "application/json");
            response.end(OpenAiChatWriter.whole(head(start), start.request().answer(), answer));
        }
    }

    @Override
    public void fail(GatewayError error) {
        if (response.isGone() || response.head().ended()) {
            return;
        }
        if (response.head().headWritten() && stream != null) {
            response.end(stream.fail(error));
        } else {
            HttpServerResponse head = response.head();
            head.setChunked(false);
            head.setStatusCode(error.status());
            head.putHeader("content-type", "application/json");
            ErrorHeaders.of(error).forEach(head::putHeader);
            response.end(OpenAiErrorWriter.body(error));
        }
    }

    @Override
    public boolean isGone() {
        return response.isGone();
    }

    private ChatHead head(AnswerStart answer) {
        return new ChatHead(answer.id(), created, answer.answering().candidate().model());
    }
}
