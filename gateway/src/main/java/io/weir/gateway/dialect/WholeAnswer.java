package io.weir.gateway.dialect;

import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;

/**
 * An answer that reached its end. Carries content: its {@code toString} does not.
 *
 * @param text all deltas joined
 * @param reasoning all reasoning deltas joined; empty when there were none
 * @param reason why it ended
 * @param usage the tokens behind it
 */
public record WholeAnswer(String text, String reasoning, FinishReason reason, Usage usage) {

    @Override
    public String toString() {
        return "WholeAnswer[REDACTED len=" + text.length() + ", reason=" + reason + ", usage=" + usage + "]";
    }
}
