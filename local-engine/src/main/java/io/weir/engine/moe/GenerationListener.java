package io.weir.engine.moe;

/**
 * Hears how one generation goes. Called by the lane that computes it, one call at a time; must not block. After {@link #finished} nothing follows.
 */
interface GenerationListener {
    /**
     * A token was generated.
     *
     * @param token its id
     * @param text  what may be shown now; empty while a character or a possible stop string is incomplete
     */
    void token(int token, String text, Progress progress);

    /**
     * The generation ended.
     *
     * @param text what was still held back and may now be shown
     */
    void finished(FinishReason reason, String text, Progress progress);

    /**
     * The counts so far.
     *
     * @param prompt     tokens of the prompt
     * @param generated  tokens generated, the end token included
     * @param reasoning  those of them between {@code <think>} and {@code </think>}
     */
    record Progress(int prompt, int generated, int reasoning) {}
}
