package io.weir.engine.moe;

import org.jspecify.annotations.Nullable;

/**
 * One generation from submission to end: its prompt, its cache, its text. The lane that took it owns everything but the flags, which any thread may
 * set through {@link Scheduler}: cancelled for good, paused while the reader is slow.
 */
final class Sequence {
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final BpeTokenizer tokenizer;
    private final KvCache cache;
    private final Sampler sampler;
    private final TextStream text;
    private final long submittedNanos;
    private final int thinkBegin;
    private final int thinkEnd;
    private int prefilled;
    private int pending = -1;
    private int generated;
    private int reasoning;
    private boolean thinking;
    private long lastTokenNanos;
    private volatile boolean cancelled;
    private volatile boolean paused;

    Sequence(GenerationRequest request, GenerationListener listener, BpeTokenizer tokenizer, ModelShape shape, long nowNanos) {
        this.request = request;
        this.listener = listener;
        this.tokenizer = tokenizer;
        this.cache = new KvCache(shape);
        this.sampler = new Sampler(request.sampling());
        this.text = new TextStream(request.stops());
        this.submittedNanos = nowNanos;
        this.lastTokenNanos = nowNanos;
        this.thinkBegin = tokenizer.specialId("<think>");
        this.thinkEnd = tokenizer.specialId("</think>");
        this.thinking = request.prompt()[request.prompt().length - 1] == thinkBegin;
    }

    GenerationRequest request() {
        return request;
    }

    /** Positions the cache holds now. */
    int cachedPositions() {
        return cache.length();
    }

    /** Positions the cache may come to hold: what a lane reserves before it takes the sequence. */
    int positionsMax() {
        return request.prompt().length + request.limits().tokensMax();
    }

    long submittedNanos() {
        return submittedNanos;
    }

    /** Nanoseconds since the token before, or since submission for the first; starts the next interval. */
    long lapNanos(long nowNanos) {
        long lap = nowNanos - lastTokenNanos;
        lastTokenNanos = nowNanos;
        return lap;
    }

    int generated() {
        return generated;
    }

    boolean cancelled() {
        return cancelled;
    }

    void markCancelled() {
        cancelled = true;
    }

    boolean paused() {
        return paused;
    }

    void markPaused(boolean value) {
        paused = value;
    }

    boolean decoding() {
        return pending >= 0;
    }

    /** Adds the token chosen last and asks for the logits after it. */
    int addPending(Batch batch) {
        batch.add(pending, cache);
        return batch.wantLogits();
    }

    /** Adds as much of the prompt as fits; returns where its logits will be once the last token is in, before that -1. */
    int addPrompt(Batch batch) {
        int[] prompt = request.prompt();
        while (!batch.isFull() && prefilled < prompt.length) {
            batch.add(prompt[prefilled++], cache);
        }
        return prefilled == prompt.length ? batch.wantLogits() : -1;
    }

    /** Chooses the next token, tells the listener, and says why the generation ended; null while it goes on. */
    @Nullable FinishReason step(float[] logits, int from, int vocabulary) {
        GenerationRequest.Limits limits = request.limits();
        int token = sampler.next(logits, from, vocabulary, generated < limits.tokensMin() ? tokenizer.endOfAnswer() : -1);
        pending = token;
        generated++;
        countReasoning(token);
        boolean ended = tokenizer.endsAnswer(token) && !limits.endIgnored();
        String shown = text.add(tokenizer.bytes(token));
        listener.token(token, shown, progress());
        if (ended || text.stopped()) {
            return FinishReason.STOP;
        }
        return generated >= limits.tokensMax() ? FinishReason.LENGTH : null;
    }

    private void countReasoning(int token) {
        if (token == thinkBegin) {
            thinking = true;
        } else if (token == thinkEnd) {
            thinking = false;
        } else if (thinking) {
            reasoning++;
        }
    }

    void finish(FinishReason reason) {
        listener.finished(reason, text.finish(), progress());
    }

    private GenerationListener.Progress progress() {
        return new GenerationListener.Progress(request.prompt().length, generated, reasoning);
    }
}
