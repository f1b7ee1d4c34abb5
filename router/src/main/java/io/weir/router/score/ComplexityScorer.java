package io.weir.router.score;

import io.weir.router.chat.ChatRequest;

/** Scores how hard a request is. Deterministic, free of waits, thread-safe; looks at the request alone. */
@FunctionalInterface
public interface ComplexityScorer {

    Complexity score(ChatRequest request);
}
