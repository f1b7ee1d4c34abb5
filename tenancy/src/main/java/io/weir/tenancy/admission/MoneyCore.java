package io.weir.tenancy.admission;

import io.weir.router.Tasks;
import io.weir.router.Ticker;
import io.weir.tenancy.OrganisationId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One organisation's money in one gateway process: the protocol of DESIGN.md 7 with everything that runs beside the requests. Made once at start-up and
 * closed after the last request has ended:
 *
 * <pre>
 *   AdmissionStore store = RedisAdmissionStore.at("redis://127.0.0.1:6379", organisation, clientResources);
 *   SystemOfRecord record = JdbcSystemOfRecord.over(applicationDataSource, organisation);
 *   MoneyCore money = new MoneyCore(new Parts(store, record, new Identity(organisation, "gateway-8080", startId), new Running(clock, ticker, tasks),
 *           new Hooks(listener, CrashPoints.NONE)));
 *   money.start();                       // returns at once; health() says when paid calls are admitted
 *   Reservations reservations = money.reservations();
 *   money.close();                       // books what is still to be booked, ends the lease, closes the store
 * </pre>
 *
 * <p>Neither store needs to be there at start-up; calls are refused until both are. The data source's pool needs at least
 * {@value #MIN_CONNECTIONS} connections, and its connections need a socket time-out (10 s): no method here limits PostgreSQL by itself.
 */
public final class MoneyCore implements AutoCloseable {

    /** Intents, settlements, a duty's lock, its work, and one for seeding a single counter. */
    public static final int MIN_CONNECTIONS = 5;

    /** How long closing waits for ends to be booked; what is not booked by then stays an open intent and is swept. */
    static final Duration DRAIN = Duration.ofSeconds(10);

    /** How soon a lost link or epoch is looked at again. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** Faster than the renewal itself, so that a failed one is repeated soon. */
    private static final Duration LEASE_EVERY = Duration.ofMillis(500);
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(30);

    private final Parts parts;
    private final Shared shared;
    private final EpochKeeper epochs;
    private final IntentWriter intents;
    private final Settler settler;
    private final LeaseKeeper leases;
    private final Checkpoints checkpoints;
    private final Sweeper sweeper;
    private final Checker checker;
    private final ReservationProtocol protocol;
    private final List<Tasks.Handle> series = new ArrayList<>();
    private volatile boolean running;

    /**
     * @param store limits and live holds; closed with this object
     * @param record the system of record
     * @param identity who this is
     * @param running clocks and threads
     * @param hooks who is told
     */
    public record Parts(AdmissionStore store, SystemOfRecord record, Identity identity, Running running, Hooks hooks) {}

    /**
     * @param organisation whose books
     * @param name of the gateway: the same at every start, and used by one process at a time: a later start of the name proves the earlier process dead
     * @param start of this process; never used before
     */
    public record Identity(OrganisationId organisation, String name, UUID start) {}

    /**
     * @param clock for budget periods and reports
     * @param ticker for waits
     * @param tasks for the work beside the requests
     */
    public record Running(Clock clock, Ticker ticker, Tasks tasks) {}

    /**
     * @param listener told what happens
     * @param crashPoints {@link CrashPoints#NONE} in production
     */
    public record Hooks(ProtocolListener listener, CrashPoints crashPoints) {}

    public MoneyCore(Parts parts) {
        this.parts = parts;
        this.shared = new Shared(parts, new OpenAttempts());
        ServerWatch watch = new ServerWatch(shared);
        this.epochs = new EpochKeeper(shared, watch);
        this.settler = new Settler(shared, epochs);
        this.intents = new IntentWriter(shared);
        this.leases = new LeaseKeeper(shared, watch, epochs);
        this.checkpoints = new Checkpoints(shared, epochs);
        this.sweeper = new Sweeper(shared, epochs, settler);
        this.checker = new Checker(shared, epochs);
        this.protocol = new ReservationProtocol(shared, new ReservationProtocol.Workers(epochs, intents, settler, leases));
    }

    /** Starts the work beside the requests; returns at once. */
    public void start() {
        running = true;
        Tasks tasks = parts.running().tasks();
        tasks.start("weir-intents", intents::run);
        tasks.start("weir-settler", settler::run);
        tasks.start("weir-begin", () -> {
            leases.tick();
            epochs.look();
        });
        series.add(tasks.every("weir-lease", LEASE_EVERY, leases::tick));
        series.add(tasks.every("weir-epoch", LOOK_EVERY, epochs::look));
        series.add(tasks.every("weir-checkpoints", CHECKPOINT_EVERY, checkpoints::flush));
        series.add(tasks.every("weir-sweeper", SWEEP_EVERY, sweeper::sweep));
        series.add(tasks.every("weir-checker", CHECK_EVERY, checker::check));
    }

    public Reservations reservations() {
        return protocol;
    }

    /** For readiness; never blocks. */
    public StoreHealth health() {
        StoreHealth.State state = running ? state() : StoreHealth.State.CLOSED;
        return new StoreHealth(epochs.inUse(), state, settler.unsettled(), checker.last());
    }

    /** Looks now, and three times if something differs; blocks for at most some seconds. */
    public CheckReport checkNow() {
        return checker.check();
    }

    /** Ends what lapsed or leaked now, if no other replica is at it. */
    public void sweepNow() {
        sweeper.sweep();
    }

    /** Sends the checkpoints now. */
    public void checkpointNow() {
        checkpoints.flush();
    }

    /** Refuses new calls, books what is still to be booked (up to ten seconds), ends the lease if nothing is left open, closes the store. */
    @Override
    public void close() {
        running = false;
        protocol.stop();
        series.forEach(Tasks.Handle::close);
        intents.stop();
        settler.drain(DRAIN);
        leases.end();
        parts.store().close();
    }

    private StoreHealth.State state() {
        if (shared.isPostgresAway()) {
            return StoreHealth.State.POSTGRESQL_AWAY;
        }
        boolean isReady = epochs.inUse() != 0 && leases.isRegistered();
        StoreHealth.State state = epochs.state();
        if (isReady) {
            return StoreHealth.State.READY;
        }
        return state == StoreHealth.State.READY ? StoreHealth.State.SEEDING : state; // between two looks the last state is better than what is
    }
}
