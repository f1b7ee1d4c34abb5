package io.weir.launcher.process;

import java.time.Duration;

/**
 * What a child is to Weir. The order of the constants is the order in which children are stopped: gateways drain while the stores
 * they settle into still answer.
 */
public enum Role {
    /** A one-shot helper such as {@code initdb}. */
    TASK(StopSignal.TERM, Duration.ofSeconds(2)),
    /** Drains its streams for at most 30 s before it is killed. */
    GATEWAY(StopSignal.TERM, Duration.ofSeconds(30)),
    ENGINE(StopSignal.TERM, Duration.ofSeconds(5)),
    REDIS(StopSignal.TERM, Duration.ofSeconds(5)),
    /** SIGINT is PostgreSQL's fast shutdown: open sessions are ended, a checkpoint is written (PostgreSQL manual, 18.5). */
    POSTGRES(StopSignal.INT, Duration.ofSeconds(20));

    private final StopSignal signal;
    private final Duration grace;

    Role(StopSignal signal, Duration grace) {
        this.signal = signal;
        this.grace = grace;
    }

    /** The signal that asks the child to end. */
    public StopSignal signal() {
        return signal;
    }

    /** How long the child may take to end before it is killed. */
    public Duration grace() {
        return grace;
    }
}
