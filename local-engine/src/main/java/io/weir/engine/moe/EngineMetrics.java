package io.weir.engine.moe;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the engine measures, under vLLM's names so that whoever watches vLLM can watch this. Any thread. Gauges are read from the scheduler when the
 * page is asked for.
 */
final class EngineMetrics {
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder generationTokens = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final Map<FinishReason, LongAdder> finished = new EnumMap<>(FinishReason.class);
    private final Histogram firstToken = new Histogram("vllm:time_to_first_token_seconds",
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80);
    private final Histogram interToken = new Histogram("vllm:inter_token_latency_seconds",
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5);
    private final Histogram queue = new Histogram("vllm:request_queue_time_seconds",
            0.001, 0.005, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120);
    private final Histogram whole = new Histogram("vllm:e2e_request_latency_seconds",
            0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120);

    EngineMetrics() {
        for (FinishReason reason : FinishReason.values()) {
            finished.put(reason, new LongAdder());
        }
    }

    /** The load of the moment. */
    record Load(int running, int waiting, double cacheUsage) {}

    void admitted(long queuedNanos) {
        queue.observeNanos(queuedNanos);
    }

    void prompt(int tokens) {
        promptTokens.add(tokens);
    }

    void firstToken(long nanos) {
        generationTokens.increment();
        firstToken.observeNanos(nanos);
    }

    void nextToken(long nanos) {
        generationTokens.increment();
        interToken.observeNanos(nanos);
    }

    void finished(FinishReason reason, long nanos) {
        finished.get(reason).increment();
        whole.observeNanos(nanos);
    }

    void refused() {
        refusals.increment();
    }

    /** The page in Prometheus' text format, version 0.0.4. */
    String page(String model, Load load) {
        String labels = "model_name=\"" + model + "\",engine=\"0\"";
        StringBuilder out = new StringBuilder();
        single(out, "gauge", "vllm:num_requests_running", labels, load.running);
        single(out, "gauge", "vllm:num_requests_waiting", labels, load.waiting);
        single(out, "gauge", "vllm:kv_cache_usage_perc", labels, load.cacheUsage);
        single(out, "counter", "vllm:prompt_tokens_total", labels, promptTokens.sum());
        single(out, "counter", "vllm:generation_tokens_total", labels, generationTokens.sum());
        single(out, "counter", "vllm:admission_rejections_total", labels + ",reason=\"queue_full\"", refusals.sum());
        out.append("# TYPE vllm:request_success_total counter\n");
        for (FinishReason reason : FinishReason.values()) {
            String name = switch (reason) {
                case STOP -> "stop";
                case LENGTH -> "length";
                case CANCELLED -> "abort";
                case FAILED -> "error";
            };
            out.append("vllm:request_success_total{").append(labels).append(",finished_reason=\"").append(name).append("\"} ")
                    .append(finished.get(reason).sum()).append('\n');
        }
        firstToken.write(out, labels);
        interToken.write(out, labels);
        queue.write(out, labels);
        whole.write(out, labels);
        return out.toString();
    }

    private static void single(StringBuilder out, String type, String name, String labels, double value) {
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n')
                .append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }
}
