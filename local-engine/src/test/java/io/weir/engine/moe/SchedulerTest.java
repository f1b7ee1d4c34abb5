package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static LoadedModel small;

    private EngineMetrics metrics;
    private Scheduler scheduler;

    @BeforeAll
    static void load() throws IOException {
        small = LoadedModel.load(ModelFiles.resolve("small"), Kernels.best());
    }

    @BeforeEach
    void start() {
        metrics = new EngineMetrics();
        scheduler = new Scheduler(small.model(), small.tokenizer(), metrics, System::nanoTime, 1);
    }

    @AfterEach
    void stop() {
        scheduler.close();
    }

    private static GenerationRequest request(String prompt, int tokens, int priority) {
        return new GenerationRequest(small.tokenizer().encode(prompt), new GenerationRequest.Limits(tokens, 0, tokens > 200),
                Sampling.greedy(), List.of(), priority);
    }

    private static GenerationRequest endless() {
        return request("<|user|>Tell me a story.<|assistant|>", 1_000, 0);
    }

    private static FinishReason end(RecordingListener listener) throws Exception {
        return listener.ended().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aSequenceGivesTheSameTokensAmongManyAsAlone() throws Exception {
        // Given
        Map<Fixtures.Case, RecordingListener> listeners = new LinkedHashMap<>();

        // When
        for (Fixtures.Case recorded : Fixtures.read("greedy-small.json")) {
            RecordingListener listener = new RecordingListener();
            listeners.put(recorded, listener);
            scheduler.submit(request(recorded.prompt(), 200, 0), listener);
        }

        // Then
        for (Map.Entry<Fixtures.Case, RecordingListener> entry : listeners.entrySet()) {
            assertThat(end(entry.getValue())).isEqualTo(FinishReason.STOP);
            assertThat(entry.getValue().tokens()).isEqualTo(entry.getKey().tokens());
            assertThat(entry.getValue().text()).isEqualTo(entry.getKey().completion());
        }
    }

    @Test
    void moreThanTheQueueHoldsIsRefusedAndEveryOtherEndsOnce() throws Exception {
        // Given
        List<RecordingListener> listeners = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < Scheduler.SEQUENCES_PER_LANE; i++) {
            listeners.add(new RecordingListener());
            sequences.add(scheduler.submit(endless(), listeners.getLast()));
            listeners.getLast().begun().get(60, TimeUnit.SECONDS);
        }

        // When
        for (int i = 0; i < Scheduler.WAITING_MAX; i++) {
            listeners.add(new RecordingListener());
            sequences.add(scheduler.submit(endless(), listeners.getLast()));
        }
        RecordingListener refused = new RecordingListener();
        Sequence none = scheduler.submit(endless(), refused);

        // Then
        assertThat(none).isNull();
        assertThat(sequences).doesNotContainNull();
        sequences.forEach(scheduler::cancel);
        for (RecordingListener listener : listeners) {
            assertThat(end(listener)).isEqualTo(FinishReason.CANCELLED);
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(scheduler.load()).isEqualTo(new EngineMetrics.Load(0, 0, 0)));
        assertThat(listeners).allSatisfy(listener -> assertThat(listener.ends()).isEqualTo(1));
        assertThat(refused.ends()).isZero();
    }

    @Test
    void lowerPriorityNumbersStartFirst() throws Exception {
        // Given
        List<Sequence> blockers = new ArrayList<>();
        for (int i = 0; i < Scheduler.SEQUENCES_PER_LANE; i++) {
            RecordingListener listener = new RecordingListener();
            blockers.add(scheduler.submit(endless(), listener));
            listener.begun().get(60, TimeUnit.SECONDS);
        }
        RecordingListener later = new RecordingListener();
        RecordingListener sooner = new RecordingListener();
        scheduler.submit(request("<|user|>Hello<|assistant|>", 300, 5), later);
        scheduler.submit(request("<|user|>Hello<|assistant|>", 300, -1), sooner);

        // When
        scheduler.cancel(blockers.getFirst());
        sooner.begun().get(60, TimeUnit.SECONDS);

        // Then
        assertThat(later.tokens()).isEmpty();
        blockers.forEach(scheduler::cancel);
        assertThat(end(later)).isEqualTo(FinishReason.LENGTH);
        assertThat(later.tokens()).hasSize(300);
    }

    @Test
    void aPausedSequenceWaitsAndGoesOnWhereItWas() throws Exception {
        // Given
        RecordingListener undisturbed = new RecordingListener();
        RecordingListener paused = new RecordingListener();
        scheduler.submit(request("<|user|>Count to 50.<|assistant|>", 300, 0), undisturbed);
        end(undisturbed);
        Sequence sequence = scheduler.submit(request("<|user|>Count to 50.<|assistant|>", 300, 0), paused);
        paused.begun().get(60, TimeUnit.SECONDS);

        // When
        scheduler.pause(sequence);
        RecordingListener meanwhile = new RecordingListener();
        scheduler.submit(request("<|user|>Count to 60.<|assistant|>", 300, 0), meanwhile);
        end(meanwhile);
        int atPause = paused.tokens().size();
        scheduler.resume(sequence);

        // Then
        assertThat(atPause).isLessThan(300);
        assertThat(end(paused)).isEqualTo(FinishReason.LENGTH);
        assertThat(paused.tokens()).isEqualTo(undisturbed.tokens());
    }

    @Test
    void closingEndsWhatRunsAndWhatWaits() throws Exception {
        // Given
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            listeners.add(new RecordingListener());
            scheduler.submit(endless(), listeners.getLast());
        }

        // When
        scheduler.close();

        // Then
        for (RecordingListener listener : listeners) {
            assertThat(end(listener)).isEqualTo(FinishReason.FAILED);
            assertThat(listener.ends()).isEqualTo(1);
        }
        assertThat(scheduler.submit(endless(), new RecordingListener())).isNull();
    }
}
