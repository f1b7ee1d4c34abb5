package io.weir.engine.pool;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.weir.router.Deadline;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.Ticker;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One POST under way. Lives on its upstream's event loop from beginning to end; one reader outside takes what arrives, from a small mailbox that
 * pauses the connection when it is full; any thread may break it off. A whole answer is handed over in one piece at its end, so that it costs the
 * reader one wake-up.
 *
 * <pre>
 *   WAITING --connection had--> SENT --body over--> ENDED
 *      |                          |  \--reader has all it wants--> DRAINING --body over or a second gone--> (loop lets go)
 *      \--------- broken off, timed out or failed ---------> RELEASED
 * </pre>
 *
 * While WAITING nothing was sent, provably: the step to SENT and the break-off exclude each other under one lock.
 */
final class Exchange {

    /** More than this unread and the connection is paused. Vert.x holds as much as 64 KiB more before it stops reading its socket. */
    private static final int MAILBOX_FULL = 16 * 1024;
    /** Less than this unread and it goes on. */
    private static final int MAILBOX_LOW = 4 * 1024;
    /** What of a refusal is looked at; a larger one costs its connection. */
    private static final int REFUSAL_BYTES = 16 * 1024;
    /** How long, and how much, an engine may go on after it said that it is done before its connection is given up. */
    private static final long DRAIN_MILLIS = 1_000;
    private static final int DRAIN_BYTES = 16 * 1024;
    /** A connection that sent nonsense carries no further call, but one that already runs on it is let end. */
    private static final long RETIRE_MINUTES = 10;
    private static final int OK = 200;

    private enum Phase {
        WAITING,
        SENT,
        ENDED,
        DRAINING,
        RELEASED
    }

    private final Upstream upstream;
    private final Delivery delivery;
    private final Buffer body;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Buffer> mailbox = new ArrayDeque<>();
    private Phase phase = Phase.WAITING;
    private int unread;
    private boolean paused;
    private @Nullable Broken broken;
    private @Nullable Broken refusal;
    private volatile boolean spoiled;

    // On the event loop alone.
    private @Nullable HttpClientRequest request;
    private @Nullable HttpClientResponse response;
    private @Nullable CollectedBody collected;
    private boolean over;
    private int drained;
    private int pauses;
    private int resumed;

    Exchange(Upstream upstream, Delivery delivery, Buffer body, Ticker ticker) {
        this.upstream = upstream;
        this.delivery = delivery;
        this.body = body;
        this.ticker = ticker;
    }

    /** Sends it on its way. Does not wait. */
    void start() {
        onLoop(this::connect);
    }

    /** Waits for what arrives next. After {@code End} or {@code Failed} the same again. */
    Arrival take(Deadline deadline) {
        lock.lock();
        try {
            while (true) {
                long left = deadline.remainingNanos(ticker);
                if (left <= 0 && phase != Phase.ENDED && broken == null) {
                    breakOff(BreakCause.TIMED_OUT);
                }
                Buffer bytes = mailbox.poll();
                if (bytes != null) {
                    taken(bytes.length());
                    return new Arrival.Bytes(bytes);
                }
                if (broken != null) {
                    return new Arrival.Failed(broken);
                }
                if (phase == Phase.ENDED) {
                    return new Arrival.End();
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Arrival.Failed(breakOff(BreakCause.CANCELLED));
        } finally {
            lock.unlock();
        }
    }

    /** Nobody wants the rest. From any thread; once the body is over, or the reader is done, there is nothing left to cancel. */
    void cancel() {
        lock.lock();
        try {
            if (phase == Phase.WAITING || phase == Phase.SENT) {
                breakOff(BreakCause.CANCELLED);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What arrived is not what the protocol says: the connection is not used again. */
    Broken malformed() {
        lock.lock();
        try {
            spoiled = true;
            if (phase == Phase.ENDED) {
                onLoop(this::letGo);
            } else if (broken == null) {
                return breakOff(BreakCause.MALFORMED);
            } else if (broken.cause() != BreakCause.CUT) {
                return broken;
            }
            mailbox.clear();
            broken = new Broken(BreakCause.MALFORMED, Spent.UNKNOWN);
            return broken;
        } finally {
            lock.unlock();
        }
    }

    /** The engine said that it is done: its connection may go back to the pool once the body is over, which ought to be now. */
    void done() {
        lock.lock();
        try {
            if (phase == Phase.SENT) {
                phase = Phase.DRAINING;
                mailbox.clear();
                onLoop(this::drain);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How it was cancelled before its body was over, or null. */
    @Nullable Broken cancelled() {
        lock.lock();
        try {
            return broken != null && broken.cause() == BreakCause.CANCELLED ? broken : null;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. An engine's refusal that is already known says more than that its body never came. */
    private Broken breakOff(BreakCause cause) {
        if (broken == null) {
            broken = refusal != null ? refusal : new Broken(cause, phase == Phase.WAITING ? Spent.NOTHING : Spent.UNKNOWN);
            phase = Phase.RELEASED;
            mailbox.clear();
            changed.signal();
            onLoop(this::letGo);
        }
        return broken;
    }

    /** With the lock held. */
    private void taken(int bytes) {
        unread -= bytes;
        if (paused && unread <= MAILBOX_LOW) {
            paused = false;
            onLoop(this::resume);
        }
    }

    private void onLoop(Runnable step) {
        try {
            upstream.context().runOnContext(ignored -> step.run());
        } catch (RejectedExecutionException closed) {
            fail(new Broken(BreakCause.CUT, Spent.UNKNOWN));
        }
    }

    // From here on: on the event loop.

    private void connect() {
        try {
            upstream.calls().request(upstream.chat(delivery)).onComplete(this::connected);
        } catch (IllegalStateException closed) {
            fail(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
        }
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (result.failed()) {
            fail(EngineErrors.ofConnect(result.cause()));
            return;
        }
        HttpClientRequest connected = result.result();
        if (!maySend()) {
            connected.exceptionHandler(failure -> {}).reset();
            return;
        }
        request = connected;
        // Vert.x logs what no handler takes; the answer's future tells us the same.
        connected.exceptionHandler(failure -> {});
        connected.send(body).onComplete(this::answered);
    }

    private boolean maySend() {
        lock.lock();
        try {
            if (phase != Phase.WAITING) {
                return false;
            }
            phase = Phase.SENT;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (result.failed()) {
            over = true;
            fail(EngineErrors.ofExchange(result.cause()));
            return;
        }
        HttpClientResponse answer = result.result();
        response = answer;
        answer.exceptionHandler(this::lost);
        // Ours, which is shorter, holds.
        answer.headers().remove("keep-alive");
        if (answer.statusCode() != OK) {
            refused(EngineErrors.ofStatus(answer.statusCode(), answer.getHeader("retry-after")));
            collected = new CollectedBody(REFUSAL_BYTES);
        } else if (!Upstream.answersAsAsked(answer, delivery)) {
            fail(new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
            reset();
            return;
        } else if (delivery == Delivery.WHOLE) {
            collected = new CollectedBody(upstream.bounds().wholeBytes());
        }
        answer.handler(this::arrived).endHandler(ignored -> ended());
    }

    private void refused(Broken verdict) {
        lock.lock();
        try {
            refusal = verdict;
        } finally {
            lock.unlock();
        }
    }

    private void arrived(Buffer bytes) {
        if (collected != null) {
            if (!collected.add(bytes)) {
                fail(new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
                reset();
            }
            return;
        }
        boolean full;
        boolean draining;
        lock.lock();
        try {
            draining = phase == Phase.DRAINING;
            full = phase == Phase.SENT && offer(bytes);
        } finally {
            lock.unlock();
        }
        if (full && response != null) {
            pauses++;
            response.pause();
        }
        drained += draining ? bytes.length() : 0;
        if (drained > DRAIN_BYTES) {
            letGo();
        }
    }

    /** With the lock held. True when the connection must pause. */
    private boolean offer(Buffer bytes) {
        mailbox.add(bytes);
        unread += bytes.length();
        changed.signal();
        if (paused || unread < MAILBOX_FULL) {
            return false;
        }
        paused = true;
        return true;
    }

    private void ended() {
        over = true;
        lock.lock();
        try {
            if (phase != Phase.SENT) {
                return;
            }
            phase = Phase.ENDED;
            if (collected != null && refusal != null) {
                broken = upstream.dialect().explained(refusal, collected.bytes().getBytes());
            } else if (collected != null) {
                mailbox.add(collected.bytes());
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void lost(Throwable failure) {
        over = true;
        fail(EngineErrors.ofExchange(failure));
    }

    /** Ends it without the reader; what already arrived stays readable. */
    private void fail(Broken cause) {
        lock.lock();
        try {
            if (phase == Phase.WAITING || phase == Phase.SENT) {
                boolean unsent = phase == Phase.WAITING && cause.spent() != Spent.NOTHING;
                broken = unsent ? new Broken(BreakCause.UNREACHABLE, Spent.NOTHING) : refusal != null ? refusal : cause;
                phase = Phase.RELEASED;
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a pause held back comes in the turn after this one; only then the pause is over. */
    private void resume() {
        if (response != null && pauses != resumed) {
            int until = pauses;
            response.resume();
            onLoop(() -> resumed = until);
        }
    }

    /**
     * Closes the connection unless the body is over. A paused response may have ended unseen, and its connection may carry another call by now: so
     * first lets out what is held back.
     */
    private void letGo() {
        if (pauses == resumed) {
            reset();
        } else {
            resume();
            onLoop(this::reset);
        }
    }

    /** Only while nothing is held back. */
    private void reset() {
        if (request == null) {
            return;
        }
        if (!over) {
            over = true;
            request.reset();
        } else if (spoiled) {
            request.connection().shutdown(RETIRE_MINUTES, TimeUnit.MINUTES);
        }
    }

    private void drain() {
        if (over) {
            return;
        }
        resume();
        upstream.later(DRAIN_MILLIS, this::letGo);
    }
}
