package io.weir.gateway.pipeline;

import io.weir.router.GatewayError;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.Usage;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was sent, one line an act. */
final class RecordingSink implements ResponseSink {

    final List<String> sent = new ArrayList<>();
    boolean gone;

    @Override
    public void open(AnswerStart start) {
        String ignored = start.ignored().isEmpty() ? "" : " ignored " + String.join(",", start.ignored());
        sent.add("open " + start.answering().candidate().model() + ignored);
    }

    @Override
    public void delta(StreamEvent.Delta delta) {
        sent.add("delta " + delta.text());
    }

    @Override
    public void reasoning(StreamEvent.ReasoningDelta delta) {
        sent.add("reasoning " + delta.text());
    }

    @Override
    public void complete(FinishReason reason, Usage usage) {
        sent.add("complete " + reason.label() + " " + usage.total());
    }

    @Override
    public void fail(GatewayError error) {
        sent.add("fail " + error.status() + " " + error.code());
    }

    @Override
    public boolean isGone() {
        return gone;
    }
}
