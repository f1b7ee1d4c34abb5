package io.weir.engine.moe;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

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

    /** A rate by the clock on the wall and by the processor time of the one thread that computes; the latter hardly minds a busy machine. */
    private record Rate(double perSecond, double perCpuSecond) {}

    public static void main(String[] arguments) throws IOException {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        List<Kernels> kernelSets = new ArrayList<>(List.of(new ScalarKernels()));
        if (!Kernels.best().name().equals(kernelSets.getFirst().name())) {
            kernelSets.add(Kernels.best());
        }
        System.out.printf("%-8s %-12s %14s %14s %18s %18s%n", "model", "kernels", "prefill tok/s", "decode tok/s", "prefill tok/cpu-s", "decode tok/cpu-s");
        for (String model : List.of("small", "tiny")) {
            for (Kernels kernels : kernelSets) {
                measure(model, kernels, runs);
            }
        }
    }

    private static void measure(String name, Kernels kernels, int runs) throws IOException {
        MoeModel model = MoeModel.load(ModelFiles.resolve(name), kernels);
        MoeModel.Scratch scratch = model.newScratch();
        List<Rate> prefill = new ArrayList<>();
        List<Rate> decode = new ArrayList<>();
        for (int run = -runs; run < runs; run++) {
            Rate prefillRate = prefill(model, scratch);
            Rate decodeRate = decode(model, scratch);
            if (run >= 0) {
                prefill.add(prefillRate);
                decode.add(decodeRate);
            }
        }
        System.out.printf(Locale.ROOT, "%-8s %-12s %14.0f %14.0f %18.0f %18.0f%n", name, kernels.name(), median(prefill, Rate::perSecond),
                median(decode, Rate::perSecond), median(prefill, Rate::perCpuSecond), median(decode, Rate::perCpuSecond));
    }

    private static Rate timed(int tokens, Runnable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long wall = System.nanoTime();
        work.run();
        return new Rate(tokens * NANOS / (System.nanoTime() - wall), tokens * NANOS / (threads.getCurrentThreadCpuTime() - cpu));
    }

    private static Rate prefill(MoeModel model, MoeModel.Scratch scratch) {
        return timed(PROMPT, () -> feed(model, scratch, new KvCache(model.shape()), PROMPT));
    }

    private static Rate decode(MoeModel model, MoeModel.Scratch scratch) {
        KvCache cache = new KvCache(model.shape());
        feed(model, scratch, cache, SHORT_PROMPT);
        return timed(GENERATED, () -> generate(model, scratch, cache));
    }

    private static void generate(MoeModel model, MoeModel.Scratch scratch, KvCache cache) {
        Sampler sampler = new Sampler(Sampling.greedy());
        Batch batch = new Batch();
        int token = 0;
        for (int i = 0; i < GENERATED; i++) {
            batch.clear();
            batch.add(token, cache);
            batch.wantLogits();
            model.forward(batch, scratch);
            token = sampler.next(scratch.logits(), 0, model.shape().vocabulary(), -1);
        }
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

    private static double median(List<Rate> rates, ToDoubleFunction<Rate> of) {
        return rates.stream().mapToDouble(of).sorted().skip(rates.size() / 2).findFirst().orElseThrow();
    }
}
