package io.weir.engine.moe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures the forward pass on one thread, without HTTP: prompt tokens a second (a prompt of 512 tokens in full batches) and generated tokens a second
 * (256 tokens after a prompt of 32), for each model and kernel set; the median of several runs after a warm-up. Started by {@code bench/engine}.
 */
final class EngineBenchmark {
    private static final int PROMPT = 512;
    private static final int SHORT_PROMPT = 32;
    private static final int GENERATED = 256;
    private static final double NANOS = 1e9;

    private EngineBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        List<Kernels> kernelSets = new ArrayList<>(List.of(new ScalarKernels()));
        if (!Kernels.best().name().equals(kernelSets.getFirst().name())) {
            kernelSets.add(Kernels.best());
        }
        System.out.printf("%-16s %-12s %14s %14s%n", "model", "kernels", "prefill tok/s", "decode tok/s");
        for (String model : List.of("small", "tiny")) {
            for (Kernels kernels : kernelSets) {
                measure(model, kernels, runs);
            }
        }
    }

    private static void measure(String name, Kernels kernels, int runs) throws IOException {
        MoeModel model = MoeModel.load(ModelFiles.resolve(name), kernels);
        MoeModel.Scratch scratch = model.newScratch();
        double[] prefill = new double[runs];
        double[] decode = new double[runs];
        for (int run = -runs; run < runs; run++) {
            double prefillRate = prefill(model, scratch);
            double decodeRate = decode(model, scratch);
            if (run >= 0) {
                prefill[run] = prefillRate;
                decode[run] = decodeRate;
            }
        }
        System.out.printf(Locale.ROOT, "%-16s %-12s %14.0f %14.0f%n", name, kernels.name(), median(prefill), median(decode));
    }

    private static double prefill(MoeModel model, MoeModel.Scratch scratch) {
        long from = System.nanoTime();
        feed(model, scratch, new KvCache(model.shape()), PROMPT);
        return PROMPT * NANOS / (System.nanoTime() - from);
    }

    private static double decode(MoeModel model, MoeModel.Scratch scratch) {
        KvCache cache = new KvCache(model.shape());
        feed(model, scratch, cache, SHORT_PROMPT);
        Sampler sampler = new Sampler(Sampling.greedy());
        Batch batch = new Batch();
        int token = 0;
        long from = System.nanoTime();
        for (int i = 0; i < GENERATED; i++) {
            batch.clear();
            batch.add(token, cache);
            batch.wantLogits();
            model.forward(batch, scratch);
            token = sampler.next(scratch.logits(), 0, model.shape().vocabulary(), -1);
        }
        return GENERATED * NANOS / (System.nanoTime() - from);
    }

    private static void feed(MoeModel model, MoeModel.Scratch scratch, KvCache cache, int tokens) {
        Batch batch = new Batch();
        for (int i = 0; i < tokens; i++) {
            batch.add((i * 37 + 11) % model.shape().vocabulary(), cache);
            if (batch.isFull() || i == tokens - 1) {
                batch.wantLogits();
                model.forward(batch, scratch);
                batch.clear();
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
