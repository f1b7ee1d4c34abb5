package io.weir.tenancy.testing;

import io.weir.router.Tasks;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tasks on virtual threads, in real time. Closing interrupts all of them. */
public final class VirtualTasks implements Tasks, AutoCloseable {

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public void start(String name, Runnable task) {
        launch(name, task);
    }

    @Override
    public Handle every(String name, Duration period, Runnable task) {
        Thread thread = launch(name, () -> repeat(period, task));
        return thread::interrupt;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private Thread launch(String name, Runnable task) {
        Thread thread = Thread.ofVirtual().name(name).unstarted(task);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private static void repeat(Duration period, Runnable task) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(period);
            } catch (InterruptedException e) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException e) {
                System.getLogger(VirtualTasks.class.getName()).log(System.Logger.Level.WARNING, "a run failed", e);
            }
        }
    }
}
