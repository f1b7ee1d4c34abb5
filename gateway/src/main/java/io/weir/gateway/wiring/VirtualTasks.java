package io.weir.gateway.wiring;

import io.weir.router.Tasks;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/** Runs tasks on virtual threads. */
final class VirtualTasks implements Tasks {

    private static final Logger LOG = Logger.getLogger(VirtualTasks.class);

    @Override
    public void start(String name, Runnable task) {
        Thread.ofVirtual().name(name).start(() -> run(name, task));
    }

    @Override
    public Handle every(String name, Duration period, Runnable task) {
        Series series = new Series();
        start(name, () -> {
            do {
                run(name, task);
            } while (series.waitFor(period));
        });
        return series;
    }

    private static void run(String name, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            LOG.errorv(fault, "task failed: {0}", name);
        }
    }

    /** Ends between two runs. */
    private static final class Series implements Handle {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ended = lock.newCondition();
        private boolean closed;

        /** False once the series is closed. */
        boolean waitFor(Duration period) {
            lock.lock();
            try {
                long left = period.toNanos();
                while (!closed && left > 0) {
                    left = ended.awaitNanos(left);
                }
                return !closed;
            } catch (InterruptedException interrupted) {
                return false;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
