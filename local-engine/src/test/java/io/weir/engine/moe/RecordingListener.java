package io.weir.engine.moe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what a generation told. */
final class RecordingListener implements GenerationListener {
    private final List<Integer> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final AtomicInteger ends = new AtomicInteger();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<FinishReason> ended = new CompletableFuture<>();

    @Override
    public synchronized void token(int token, String shown, Progress progress) {
        tokens.add(token);
        text.append(shown);
        begun.complete(null);
    }

    @Override
    public synchronized void finished(FinishReason reason, String shown, Progress progress) {
        text.append(shown);
        ends.incrementAndGet();
        ended.complete(reason);
    }

    synchronized List<Integer> tokens() {
        return List.copyOf(tokens);
    }

    synchronized String text() {
        return text.toString();
    }

    int ends() {
        return ends.get();
    }

    CompletableFuture<Void> begun() {
        return begun;
    }

    CompletableFuture<FinishReason> ended() {
        return ended;
    }
}
