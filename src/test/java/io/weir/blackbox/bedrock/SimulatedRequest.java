package io.weir.blackbox.bedrock;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request. Tests read it from any thread; the values settle when {@link #state()} leaves {@code RUNNING}.
 */
public final class SimulatedRequest {

    /** How a request ended, or that it has not. */
    public enum State {
        /** Being answered, or waiting at the gate. */
        RUNNING,
        /** Answered as scripted. */
        COMPLETED,
        /** The client closed its connection before the end of the answer. */
        CLIENT_GONE,
        /** An injected fault ended it. */
        FAULTED,
        /** Refused: not authentic, malformed, or by an injected service exception. */
        REFUSED
    }

    private final long number;
    private final Exchange exchange;
    private final long arrivedNanos = System.nanoTime();
    private volatile State state = State.RUNNING;
    private volatile int refusedStatus;
    private volatile @Nullable ConverseCall call;
    private volatile @Nullable Generation generation;

    SimulatedRequest(long number, Exchange exchange) {
        this.number = number;
        this.exchange = exchange;
    }

    void accepted(ConverseCall accepted, Generation begun) {
        this.call = accepted;
        this.generation = begun;
    }

    void refused(int status) {
        this.refusedStatus = status;
        this.state = State.REFUSED;
    }

    void ended(State how) {
        this.state = how;
    }

    /** From 1, in order of arrival. */
    public long number() {
        return number;
    }

    public State state() {
        return state;
    }

    /** The status of a refusal; 0 if it was not refused. */
    public int refusedStatus() {
        return refusedStatus;
    }

    /** The call, if it was authentic and well-formed. */
    public Optional<ConverseCall> call() {
        return Optional.ofNullable(call);
    }

    /** When the request had been read, by {@link System#nanoTime()} of this process. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** What the model has generated so far, in the simulator's tokens. */
    public long generated() {
        Generation begun = generation;
        return begun == null ? 0 : begun.generated();
    }

    /** Bytes of the response body handed to the kernel so far. */
    public long bodyBytes() {
        return exchange.bodyBytes();
    }

    /** When the client's closing was seen, by {@link System#nanoTime()} of this process. */
    public Optional<Long> clientGoneNanos() {
        return exchange.goneNanos();
    }

    /** From the last byte written (or the request's arrival) to the client's closing. */
    public Optional<Duration> clientGoneAfterLastFrame() {
        return exchange.goneNanos().map(gone -> Duration.ofNanos(Math.max(0, gone - exchange.lastWriteNanos())));
    }

    /** A header as it arrived. */
    public Optional<String> header(String name) {
        return exchange.request().header(name);
    }

    /** The path as it arrived, encoded. */
    public String path() {
        return exchange.request().path();
    }

    @Override
    public String toString() {
        return "SimulatedRequest[" + number + ", " + state + (call == null ? "" : ", " + call) + "]";
    }
}
