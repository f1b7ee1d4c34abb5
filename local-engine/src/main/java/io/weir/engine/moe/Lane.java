package io.weir.engine.moe;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that computes: each turn it puts the next token of every answering sequence and as much of the waiting prompts as fits into one batch,
 * runs the model once, and lets each sequence choose its next token. Cancelled sequences leave between two tokens.
 */
final class Lane implements Runnable {
    private static final System.Logger LOG = System.getLogger(Lane.class.getName());

    private final MoeModel model;
    private final Scheduler scheduler;
    private final EngineMetrics metrics;
    private final LongSupplier nanoClock;
    private final MoeModel.Scratch scratch;
    private final Batch batch = new Batch();
    private final List<Sequence> active = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    /** Whose logits stand where after the pass. */
    private record Place(Sequence sequence, int logits) {}

    Lane(MoeModel model, Scheduler scheduler, EngineMetrics metrics, LongSupplier nanoClock) {
        this.model = model;
        this.scheduler = scheduler;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.scratch = model.newScratch();
    }

    @Override
    public void run() {
        try {
            while (scheduler.refill(active)) {
                turn();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            leave(null, FinishReason.FAILED);
        }
    }

    private void turn() {
        try {
            for (Sequence sequence : List.copyOf(active)) {
                if (sequence.cancelled()) {
                    leave(sequence, FinishReason.CANCELLED);
                }
            }
            compose();
            if (batch.rows() > 0) {
                model.forward(batch, scratch);
                for (Place place : places) {
                    step(place);
                }
            }
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, "a batch failed; its sequences end", bug);
            leave(null, FinishReason.FAILED);
        }
    }

    private void compose() {
        batch.clear();
        places.clear();
        for (Sequence sequence : active) {
            if (sequence.decoding() && !sequence.paused()) {
                places.add(new Place(sequence, sequence.addPending(batch)));
            }
        }
        for (Sequence sequence : active) {
            if (!sequence.decoding() && !sequence.paused() && !batch.isFull()) {
                int logits = sequence.addPrompt(batch);
                if (logits >= 0) {
                    metrics.prompt(sequence.request().prompt().length);
                    places.add(new Place(sequence, logits));
                }
            }
        }
    }

    private void step(Place place) {
        Sequence sequence = place.sequence;
        int vocabulary = model.shape().vocabulary();
        FinishReason ended = sequence.step(scratch.logits(), place.logits * vocabulary, vocabulary);
        long lap = sequence.lapNanos(nanoClock.getAsLong());
        if (sequence.generated() == 1) {
            metrics.firstToken(lap);
        } else {
            metrics.nextToken(lap);
        }
        if (ended != null) {
            leave(sequence, ended);
        }
    }

    /** Takes a sequence out, or all of them when none is named. */
    private void leave(@Nullable Sequence one, FinishReason reason) {
        for (Sequence sequence : one == null ? List.copyOf(active) : List.of(one)) {
            active.remove(sequence);
            scheduler.release(sequence, reason);
        }
    }
}
