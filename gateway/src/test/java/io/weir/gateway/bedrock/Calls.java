package io.weir.gateway.bedrock;

import io.weir.router.EngineCall;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Money;
import io.weir.router.Permit;
import io.weir.router.RequestId;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Sampling;
import io.weir.router.score.Residency;
import java.util.List;

/** Calls and permits for tests. */
final class Calls {

    static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
    static final String REQUEST = "0190f5a8-7c2e-7abc-8def-0123456789ab";
    static final int CAP = 100;

    private Calls() {}

    static BedrockModel model() {
        return new BedrockModel(new ModelId(MODEL), new ModelLimits(200_000, 4_096), Residency.REGION);
    }

    static EngineCall stream(String text) {
        return call(Delivery.STREAM, List.of(Message.text(Role.USER, text)));
    }

    static EngineCall whole(String text) {
        return call(Delivery.WHOLE, List.of(Message.text(Role.USER, text)));
    }

    static EngineCall call(Delivery delivery, List<Message> messages) {
        return call(delivery, messages, Sampling.DEFAULT);
    }

    static EngineCall call(Delivery delivery, List<Message> messages, Sampling sampling) {
        ChatRequest.Answer answer = new ChatRequest.Answer(null, delivery == Delivery.STREAM, false, true);
        return new EngineCall(new ModelId(MODEL), new ChatRequest("auto", messages, sampling, answer, Attribution.NONE), CAP, delivery);
    }

    static Permit permit() {
        return new FirstAttempt(RequestId.parse(REQUEST), 1, Money.ofNanos(1_000_000));
    }

    private record FirstAttempt(RequestId request, int attempt, Money ceiling) implements Permit {}
}
