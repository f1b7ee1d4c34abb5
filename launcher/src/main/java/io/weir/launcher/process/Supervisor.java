package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.base.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns every child of one launcher: starts it, starts it again when it dies (within {@link RestartPolicy}), and stops all in the order
 * of {@link Role}. Guarantees: after {@link #stopAll} has returned no child of this supervisor runs and none is started again. All
 * methods may be called from any thread; a child's death is handled on a virtual thread of its own.
 */
public final class Supervisor {
    /** How long a probe is not repeated: short against a start, long against a processor's time. */
    private static final Duration PROBE_PAUSE = Duration.ofMillis(50);

    /** A restarted child that does not answer within this is reported; it keeps running. */
    private static final Duration ANSWER_AGAIN_MAX = Duration.ofSeconds(60);

    /** Logs are looked at this often: at 100 MB/s a log overshoots its bound by a gigabyte for a moment, not for good. */
    private static final Duration LOG_CHECK = Duration.ofSeconds(10);

    private final Machine machine;
    private final Path runFolder;
    private final Progress progress;
    private final RestartPolicy policy;
    private final LongSupplier nanoTime;
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Map<String, Deque<Long>> deaths = new HashMap<>();
    private Runnable afterRestart = () -> { };
    private @Nullable String failure;
    private boolean stopping;
    private boolean stopped;

    public Supervisor(Machine machine, Path runFolder, Progress progress, RestartPolicy policy, LongSupplier nanoTime) {
        this.machine = machine;
        this.runFolder = runFolder;
        this.progress = progress;
        this.policy = policy;
        this.nanoTime = nanoTime;
        Thread.ofVirtual().name("log-bounds").start(this::boundLogs);
    }

    /** What to do whenever a child runs under a new process id. */
    public synchronized void afterRestart(Runnable action) {
        afterRestart = action;
    }

    /** Starts a child and supervises it. Refused once stopping has begun. */
    public synchronized Child start(ChildSpec spec) {
        if (stopping) {
            throw new LaunchFailure("Weir is stopping; " + spec.name() + " is not started.");
        }
        Child child = Child.start(spec, machine, runFolder);
        children.put(spec.name(), child);
        child.whenEnded(() -> ended(child));
        return child;
    }

    /** Runs a one-shot helper to its end and returns its exit status. It is killed when it takes longer than {@code timeMax}. */
    public int run(ChildSpec task, Duration timeMax) {
        Child child = start(task);
        try {
            if (!child.awaitEnd(timeMax.toNanos())) {
                child.kill();
                throw new LaunchFailure(task.name() + " took longer than " + timeMax.toSeconds() + " s; its log: " + task.log());
            }
            return child.exitStatus();
        } catch (InterruptedException e) {
            child.kill();
            Thread.currentThread().interrupt();
            throw new LaunchFailure("Interrupted while " + task.name() + " ran.", e);
        }
    }

    /** The supervised children in the order of their first start; one-shot helpers only while they run. */
    public synchronized List<Child> children() {
        return List.copyOf(children.values());
    }

    /** Waits until the child's probe says yes. Fails when the time is up, when some child died too often, or when stopping begins. */
    public void awaitAnswer(ChildSpec spec, Duration timeMax) {
        long end = nanoTime.getAsLong() + timeMax.toNanos();
        while (!spec.probe().answers()) {
            synchronized (this) {
                if (failure != null) {
                    throw new LaunchFailure(failure);
                }
                if (stopping) {
                    throw new LaunchFailure("Weir is stopping.");
                }
                if (nanoTime.getAsLong() - end >= 0) {
                    throw new LaunchFailure(spec.name() + " did not answer within " + timeMax.toSeconds() + " s." + lastWords(spec));
                }
                pause(PROBE_PAUSE);
            }
        }
    }

    /** Blocks until some child died too often, and says so; or until stopping begins, and then returns null. */
    public synchronized @Nullable String awaitFailure() {
        while (failure == null && !stopping) {
            pause(Duration.ofHours(1));
        }
        return failure;
    }

    /** Stops every child, gateways first and PostgreSQL last. A second call waits for the first. */
    public void stopAll() {
        List<Child> running;
        synchronized (this) {
            if (stopping) {
                while (!stopped) {
                    pause(Duration.ofHours(1));
                }
                return;
            }
            stopping = true;
            notifyAll();
            running = List.copyOf(children.values());
        }
        try {
            for (Role role : Role.values()) {
                stopTogether(role, running.stream().filter(child -> child.spec().role() == role).toList());
            }
        } finally {
            synchronized (this) {
                stopped = true;
                notifyAll();
            }
        }
    }

    private void stopTogether(Role role, List<Child> children) {
        List<Child> running = children.stream().filter(Child::isAlive).toList();
        long begin = nanoTime.getAsLong();
        running.forEach(Child::askToEnd);
        for (Child child : running) {
            if (endsBy(child, begin + role.grace().toNanos())) {
                progress.step(child.spec().name() + " stopped");
            } else {
                progress.warn(child.spec().name() + " did not stop within " + role.grace().toSeconds() + " s and is killed.");
                child.kill();
                endsBy(child, nanoTime.getAsLong() + Duration.ofSeconds(5).toNanos());
            }
        }
        children.forEach(Child::forget);
    }

    private boolean endsBy(Child child, long end) {
        try {
            return child.awaitEnd(end - nanoTime.getAsLong());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !child.isAlive();
        }
    }

    private void ended(Child child) {
        String name = child.spec().name();
        synchronized (this) {
            if (stopping || children.get(name) != child) {
                return;
            }
            child.forget();
            if (child.spec().role() == Role.TASK) {
                children.remove(name);
                return;
            }
            int recent = recentDeaths(name);
            String obituary = name + " (process " + child.pid() + ") died with " + child.ending() + "; its log: " + child.spec().log();
            if (recent > policy.restartsMax()) {
                fail(obituary + "\nIt died " + recent + " times within " + policy.window().toSeconds() + " s, so Weir stops."
                        + lastWords(child.spec()));
                return;
            }
            progress.warn(obituary + "; restart " + recent + " of at most " + policy.restartsMax() + " within "
                    + policy.window().toSeconds() + " s.");
            if (!restarted(child.spec(), policy.pauses().get(recent - 1))) {
                return;
            }
        }
        afterRestart.run();
        reportAnswer(child.spec());
    }

    private boolean restarted(ChildSpec spec, Duration pause) {
        long end = nanoTime.getAsLong() + pause.toNanos();
        while (!stopping && nanoTime.getAsLong() - end < 0) {
            pause(Duration.ofNanos(end - nanoTime.getAsLong()));
        }
        if (stopping) {
            return false;
        }
        try {
            start(spec);
            return true;
        } catch (LaunchFailure e) {
            fail(e.getMessage());
            return false;
        }
    }

    private void reportAnswer(ChildSpec spec) {
        try {
            awaitAnswer(spec, ANSWER_AGAIN_MAX);
            progress.step(spec.name() + " answers again");
        } catch (LaunchFailure e) {
            synchronized (this) {
                if (stopping || failure != null) {
                    return;
                }
            }
            progress.warn(String.valueOf(e.getMessage()));
        }
    }

    private int recentDeaths(String name) {
        long now = nanoTime.getAsLong();
        Deque<Long> times = deaths.computeIfAbsent(name, any -> new ArrayDeque<>());
        times.removeIf(time -> now - time >= policy.window().toNanos());
        times.addLast(now);
        return times.size();
    }

    private void fail(@Nullable String why) {
        if (failure == null) {
            failure = String.valueOf(why);
        }
        notifyAll();
    }

    private static String lastWords(ChildSpec spec) {
        List<String> lines = LogFile.tail(spec.log());
        return lines.isEmpty() ? " Its log: " + spec.log() : "\nThe end of " + spec.log() + ":\n    " + String.join("\n    ", lines);
    }

    private void boundLogs() {
        while (true) {
            List<Path> logs = new ArrayList<>();
            synchronized (this) {
                pause(LOG_CHECK);
                if (stopping) {
                    return;
                }
                children.values().forEach(child -> logs.add(child.spec().log()));
            }
            for (Path log : logs) {
                try {
                    LogFile.bound(log, LogFile.BYTES_MAX);
                } catch (IOException e) {
                    progress.warn("Cannot shorten " + log + ": " + e.getMessage());
                }
            }
        }
    }

    /** Gives up this supervisor's monitor for at most the time given. */
    private synchronized void pause(Duration time) {
        try {
            wait(Math.max(1, time.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
