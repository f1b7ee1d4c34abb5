package io.weir.router.score;

import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.score.Complexity.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The published heuristic, kept as the named baseline: a conversation longer than 500 characters adds 0.3; the word refactor, architect or
 * optimize in what the caller wrote adds 0.4. On real questions it practically never reaches 0.7, which is why it is only a baseline.
 */
public final class HeuristicScorer implements ComplexityScorer {

    public static final String NAME = "heuristic";

    private static final int LONG_CHARACTERS = 500;
    private static final int LENGTH_MILLI = 300;
    private static final int KEYWORD_MILLI = 400;
    private static final List<String> KEYWORDS = List.of("refactor", "architect", "optimize");

    @Override
    public Complexity score(ChatRequest request) {
        List<Signal> signals = new ArrayList<>(2);
        if (request.characters() > LONG_CHARACTERS) {
            signals.add(new Signal("length", LENGTH_MILLI));
        }
        for (String keyword : KEYWORDS) {
            if (mentions(request, keyword)) {
                signals.add(new Signal("keyword:" + keyword, KEYWORD_MILLI));
                break;
            }
        }
        int milli = signals.stream().mapToInt(Signal::milli).sum();
        return new Complexity(milli, signals, NAME);
    }

    private static boolean mentions(ChatRequest request, String keyword) {
        return request.messages().stream()
                .filter(message -> message.role() == Message.Role.USER)
                .anyMatch(message -> message.text().toLowerCase(Locale.ROOT).contains(keyword));
    }
}
