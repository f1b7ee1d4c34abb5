package io.weir.blackbox.bedrock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which request gets which fault. One-shot faults come first, in order; then the first rule whose predicate holds; then the periodic
 * ones. Only authentic, valid requests are counted and hit. Thread-safe.
 */
public final class FaultPlan {

    private record Rule(Predicate<ConverseCall> when, Fault fault) {
    }

    private record Periodic(int every, long since, Fault fault) {
    }

    private final Deque<Fault> next = new ArrayDeque<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Periodic> periodic = new ArrayList<>();
    private long seen;

    FaultPlan() {
    }

    /** The next request gets it; calls queue up. */
    public synchronized FaultPlan next(Fault fault) {
        next.addLast(fault);
        return this;
    }

    /** The next so many requests get it. */
    public synchronized FaultPlan next(int requests, Fault fault) {
        for (int i = 0; i < requests; i++) {
            next.addLast(fault);
        }
        return this;
    }

    /** Every n-th request from now on gets it; 1 is each of them. */
    public synchronized FaultPlan every(int n, Fault fault) {
        if (n < 1) {
            throw new IllegalArgumentException("n: " + n);
        }
        periodic.add(new Periodic(n, seen, fault));
        return this;
    }

    /** Every request for which the predicate holds gets it. */
    public synchronized FaultPlan when(Predicate<ConverseCall> predicate, Fault fault) {
        rules.add(new Rule(predicate, fault));
        return this;
    }

    /** Forgets all faults. */
    public synchronized void clear() {
        next.clear();
        rules.clear();
        periodic.clear();
    }

    synchronized Optional<Fault> choose(ConverseCall call) {
        seen++;
        if (!next.isEmpty()) {
            return Optional.of(next.removeFirst());
        }
        for (Rule rule : rules) {
            if (rule.when.test(call)) {
                return Optional.of(rule.fault);
            }
        }
        return periodic.stream().filter(p -> (seen - p.since) % p.every == 0).map(Periodic::fault).findFirst();
    }
}
