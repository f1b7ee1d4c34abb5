package io.weir.gateway.http;

import io.vertx.core.http.HttpServerResponse;
import io.weir.gateway.pipeline.AnswerStart;
import io.weir.router.Candidate;

/** The headers that say what Weir did. */
final class WeirHeaders {

    private WeirHeaders() {}

    static void put(HttpServerResponse response, AnswerStart answer) {
        Candidate candidate = answer.answering().candidate();
        response.putHeader("x-weir-route", candidate.route().label());
        response.putHeader("x-weir-model", candidate.model().value());
        response.putHeader("x-weir-complexity", Integer.toString(answer.decision().complexity().milli()));
        response.putHeader("x-weir-sensitivity", answer.decision().sensitivity().label());
        if (!answer.ignored().isEmpty()) {
            response.putHeader("x-weir-ignored", String.join(", ", answer.ignored()));
        }
    }
}
