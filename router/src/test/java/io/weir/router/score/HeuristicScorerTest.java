package io.weir.router.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Sampling;
import io.weir.router.score.Complexity.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeuristicScorerTest {

    private final HeuristicScorer scorer = new HeuristicScorer();

    @Test
    void aShortQuestionScoresNothing() {
        // Given
        ChatRequest request = asked(Message.text(Role.USER, "x".repeat(500)));

        // When
        Complexity complexity = scorer.score(request);

        // Then
        assertThat(complexity).isEqualTo(new Complexity(0, List.of(), "heuristic"));
    }

    @Test
    void lengthAboveFiveHundredAddsThreeTenths() {
        // Given
        ChatRequest request = asked(Message.text(Role.USER, "x".repeat(501)));

        // When
        Complexity complexity = scorer.score(request);

        // Then
        assertThat(complexity).isEqualTo(new Complexity(300, List.of(new Signal("length", 300)), "heuristic"));
    }

    @Test
    void akeywordAddsFourTenthsOnce() {
        // Given
        ChatRequest request = asked(Message.text(Role.USER, "Refactor this and OPTIMIZE that"));

        // When
        Complexity complexity = scorer.score(request);

        // Then
        assertThat(complexity).isEqualTo(new Complexity(400, List.of(new Signal("keyword:refactor", 400)), "heuristic"));
    }

    @Test
    void bothReachTheThreshold() {
        // Given
        ChatRequest request = asked(Message.text(Role.USER, "architect " + "x".repeat(500)));

        // When
        Complexity complexity = scorer.score(request);

        // Then
        assertThat(complexity.milli()).isEqualTo(700);
    }

    @Test
    void aKeywordInTheSystemPromptSaysNothingOfTheQuestion() {
        // Given
        ChatRequest request = asked(Message.text(Role.SYSTEM, "You refactor code."), Message.text(Role.USER, "Hi"));

        // When
        Complexity complexity = scorer.score(request);

        // Then
        assertThat(complexity.milli()).isZero();
    }

    private static ChatRequest asked(Message... messages) {
        return new ChatRequest(
                "auto", List.of(messages), Sampling.DEFAULT, new ChatRequest.Answer(null, false, false, false), Attribution.NONE);
    }
}
