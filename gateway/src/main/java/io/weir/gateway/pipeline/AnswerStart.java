package io.weir.gateway.pipeline;

import io.weir.router.Decision;
import io.weir.router.Offer;
import io.weir.router.RequestId;
import io.weir.router.chat.ChatRequest;
import java.util.List;

/**
 * What is known of an answer when it begins.
 *
 * @param id the request
 * @param request what was asked
 * @param answering who answers: the chosen offer or a fallback
 * @param decision why
 * @param ignored fields that were ignored, where the tenant chose leniency
 */
public record AnswerStart(RequestId id, ChatRequest request, Offer answering, Decision decision, List<String> ignored) {

    public AnswerStart {
        ignored = List.copyOf(ignored);
    }
}
