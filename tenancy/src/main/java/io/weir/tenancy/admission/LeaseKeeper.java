package io.weir.tenancy.admission;

import java.time.Duration;

/** Tells both stores that this process lives, and the process when neither can be told (DESIGN.md 7.5). */
final class LeaseKeeper {

    static final Duration LEASE = Duration.ofSeconds(15);
    static final Duration RENEW = Duration.ofSeconds(5);
    /** Before the lease lapses, so that upstreams are closed before anybody books them. */
    static final Duration LOST = Duration.ofSeconds(10);
    /** A link that twice did not answer is closed: a half-dead connection would never be noticed. */
    private static final int FAILURES_OF_A_LINK = 2;

    private final Shared shared;
    private final ServerWatch watch;
    private final EpochKeeper epochs;
    private volatile boolean registered;
    private long postgresAt;
    private long redisAt;
    private boolean postgresFailed = true;
    private int redisFailures;
    private boolean lostTold;
    private boolean begun;

    LeaseKeeper(Shared shared, ServerWatch watch, EpochKeeper epochs) {
        this.shared = shared;
        this.watch = watch;
        this.epochs = epochs;
    }

    /** Whether intents may name this start. */
    boolean isRegistered() {
        return registered;
    }

    synchronized void tick() {
        long now = shared.nanos();
        if (!begun) {
            begun = true;
            postgresAt = now;
            redisAt = now - RENEW.toNanos();
        }
        if (postgresFailed || shared.isPostgresAway() || now - postgresAt >= RENEW.toNanos()) {
            renewInPostgres(now);
        }
        long epoch = epochs.inUse();
        if (epoch != 0 && (redisFailures > 0 || now - redisAt >= RENEW.toNanos())) {
            renewInRedis(epoch, now);
        }
        tellWhenLost(now);
    }

    /** Ends the start if every attempt is booked; an open one is left to the sweeper. */
    void end() {
        if (registered && shared.open().isEmpty()) {
            try {
                shared.record().starts().end(shared.start());
            } catch (StoreAway away) {
                shared.away(away); // the lease lapses by itself
            }
        }
    }

    private void renewInPostgres(long now) {
        try {
            SystemOfRecord.Server server = watch.greet();
            registered = true;
            shared.record().starts().renew(shared.start(), LEASE);
            postgresAt = now;
            postgresFailed = false;
            shared.postgresAnswered();
            long known = epochs.known();
            if (server.epoch() > known) { // it only grows, and this answer may be older than what is known
                epochs.doubt(known);
            }
        } catch (StoreAway away) {
            postgresFailed = true;
            shared.away(away);
        }
    }

    private void renewInRedis(long epoch, long now) {
        try {
            shared.store().renewLease(epoch, shared.start(), LEASE);
            redisAt = now;
            redisFailures = 0;
        } catch (StoreAway away) {
            shared.away(away);
            redisFailures++;
            if (redisFailures >= FAILURES_OF_A_LINK) {
                redisFailures = 0;
                shared.store().abandon();
            }
        }
    }

    private void tellWhenLost(long now) {
        boolean isLost = now - Math.max(postgresAt, redisAt) >= LOST.toNanos();
        if (isLost && !lostTold) {
            shared.listener().leaseLost();
        }
        lostTold = isLost;
    }
}
