package io.weir.launcher.process;

import java.time.Duration;
import java.util.List;

/**
 * How often a dead child is started again.
 *
 * @param window deaths of one child within this time count together
 * @param pauses the wait before the first, second, ... restart within a window; one death more ends the launcher
 */
public record RestartPolicy(Duration window, List<Duration> pauses) {

    public RestartPolicy {
        pauses = List.copyOf(pauses);
    }

    /** Three restarts a minute: at once, after one second, after three seconds (PostgreSQL needs a moment to let go of its memory). */
    public static RestartPolicy threeAMinute() {
        return new RestartPolicy(Duration.ofMinutes(1), List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(3)));
    }

    int restartsMax() {
        return pauses.size();
    }
}
