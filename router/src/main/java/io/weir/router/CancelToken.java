package io.weir.router;

import java.util.ArrayList;
import java.util.List;

/**
 * Says that nobody waits for the answer any more. Cancelled at most once, from any thread (the HTTP close handler, a lost lease); each
 * registered action runs exactly once, on the cancelling thread or, if already cancelled, at once on the caller's.
 */
public final class CancelToken {

    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    public void cancel() {
        List<Runnable> due;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }
}
