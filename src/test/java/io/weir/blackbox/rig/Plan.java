package io.weir.blackbox.rig;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the engine by script does with one call. Each delta is one token of its own count.
 *
 * @param status    200, or the status of a refusal
 * @param reasoning deltas of reasoning, which come first
 * @param deltas    deltas of the answer; {@code max_tokens} may cut them
 * @param counts    what it says about usage
 * @param before    passed before the response head; null: at once
 * @param each      passed before each delta; null: at once
 */
public record Plan(int status, List<String> reasoning, List<String> deltas, Counts counts, @Nullable Turnstile before,
        @Nullable Turnstile each) {

    /** What an engine says about usage. */
    public enum Counts {
        /** At the end, and on every chunk if asked. */
        RUNNING,
        /** At the end alone. */
        AT_END,
        /** Never. */
        NONE
    }

    public Plan {
        reasoning = List.copyOf(reasoning);
        deltas = List.copyOf(deltas);
    }

    /** Says these deltas at once. */
    public static Plan saying(String... deltas) {
        return new Plan(200, List.of(), List.of(deltas), Counts.RUNNING, null, null);
    }

    /** Says that many distinct words. */
    public static Plan words(int count) {
        List<String> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            words.add("w" + i + " ");
        }
        return new Plan(200, List.of(), words, Counts.RUNNING, null, null);
    }

    /** Refuses the call. */
    public static Plan refusing(int status) {
        return new Plan(status, List.of(), List.of(), Counts.NONE, null, null);
    }

    public Plan counting(Counts how) {
        return new Plan(status, reasoning, deltas, how, before, each);
    }

    public Plan thinking(String... thoughts) {
        return new Plan(status, List.of(thoughts), deltas, counts, before, each);
    }

    /** Waits before it answers at all. */
    public Plan after(Turnstile turnstile) {
        return new Plan(status, reasoning, deltas, counts, turnstile, each);
    }

    /** Waits before each delta. */
    public Plan stepped(Turnstile turnstile) {
        return new Plan(status, reasoning, deltas, counts, before, turnstile);
    }
}
