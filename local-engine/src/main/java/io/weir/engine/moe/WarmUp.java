package io.weir.engine.moe;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Generates a few answers before the engine says that it is ready, so that the JIT compiler has done its work: the first answers of a cold JVM take
 * several times as long. Ends when an answer is no longer faster than the one before, or when its time is up.
 */
final class WarmUp {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(8);
    private static final long ANSWER_SECONDS_MAX = 60;
    private static final int ROUNDS_MIN = 6;
    private static final int TOKENS = 96;
    /** An answer that takes more than this part of the best so far is no gain. */
    private static final double GAIN = 0.97;
    private static final int STEADY_ROUNDS = 3;

    private final LoadedModel loaded;
    private final Scheduler scheduler;
    private final LongSupplier nanoClock;

    WarmUp(LoadedModel loaded, Scheduler scheduler, LongSupplier nanoClock) {
        this.loaded = loaded;
        this.scheduler = scheduler;
        this.nanoClock = nanoClock;
    }

    /** Runs on the caller's thread, before the socket is bound. */
    void run() throws InterruptedException, ExecutionException, TimeoutException {
        long begin = nanoClock.getAsLong();
        long best = Long.MAX_VALUE;
        int steady = 0;
        for (int round = 0; round < ROUNDS_MIN || steady < STEADY_ROUNDS && nanoClock.getAsLong() - begin < NANOS_MAX; round++) {
            long from = nanoClock.getAsLong();
            answer();
            long took = nanoClock.getAsLong() - from;
            steady = took < best * GAIN ? 0 : steady + 1;
            best = Math.min(best, took);
        }
    }

    private void answer() throws InterruptedException, ExecutionException, TimeoutException {
        String question = "Sort these numbers: " + "12, 7, 34, 5, ".repeat(16) + "1";
        String prompt = loaded.template().render(new ChatTemplate.Conversation(
                List.of(Map.of("role", "user", "content", question)), List.of(), Map.of(), true));
        GenerationRequest request = new GenerationRequest(loaded.tokenizer().encode(prompt),
                new GenerationRequest.Limits(TOKENS, 0, true), Sampling.greedy(), List.of(), 0);
        CompletableFuture<FinishReason> end = new CompletableFuture<>();
        scheduler.submit(request, new GenerationListener() {
            @Override
            public void token(int token, String text, Progress progress) {}

            @Override
            public void finished(FinishReason reason, String text, Progress progress) {
                end.complete(reason);
            }
        });
        end.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
