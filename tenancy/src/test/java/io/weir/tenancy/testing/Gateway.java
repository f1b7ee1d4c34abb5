package io.weir.tenancy.testing;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.lettuce.core.resource.ClientResources;
import io.weir.router.EngineId;
import io.weir.router.IdSource;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.PriceVersion;
import io.weir.router.RequestId;
import io.weir.router.Route;
import io.weir.router.TokenPrice;
import io.weir.router.stream.Usage;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.Role;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.admission.Admission;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.Booking;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.CrashPoints;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.MoneyCore;
import io.weir.tenancy.admission.ProtocolListener;
import io.weir.tenancy.admission.Reservation;
import io.weir.tenancy.admission.Reservations;
import io.weir.tenancy.admission.SystemOfRecord;
import io.weir.tenancy.jdbc.JdbcSystemOfRecord;
import io.weir.tenancy.redis.RedisAdmissionStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/** One gateway's money core on real stores, with the calls a test makes of it. */
public final class Gateway implements AutoCloseable {

    public static final OrganisationId ORGANISATION = new OrganisationId("default");
    /** One nano-dollar a token. */
    public static final TokenPrice PRICE = new TokenPrice(1_000_000, 1_000_000, 1_000_000, 1_000_000);

    /** The machine that runs these tests may stall; what is tested is the answer. */
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private static final long SEED = 20261122;
    private static final IdSource IDS = new IdSource(Clock.systemUTC(), new SplittableRandom(SEED ^ System.nanoTime()));

    private final AgroalDataSource pool;
    private final LossyDataSource lossy;
    private final SwitchableDataSource postgres;
    private final VirtualTasks tasks = new VirtualTasks();
    private final MoneyCore core;

    /** Where and as whom. */
    public record Setting(DataSource postgres, AdmissionStore store, String name, ProtocolListener listener, CrashPoints crashPoints) {
        public static Setting of(TestPostgres.Database database, TestRedis redis, ClientResources resources) {
            AdmissionStore store = RedisAdmissionStore.at(redis.url(), ORGANISATION, resources, PATIENT);
            return new Setting(database.application(), store, "gateway-a", new ProtocolListener() {}, CrashPoints.NONE);
        }

        public Setting named(String other) {
            return new Setting(postgres, store, other, listener, crashPoints);
        }

        public Setting toldTo(ProtocolListener other) {
            return new Setting(postgres, store, name, other, crashPoints);
        }

        public Setting over(AdmissionStore other) {
            return new Setting(postgres, other, name, listener, crashPoints);
        }

        public Setting dyingAt(CrashPoints points) {
            return new Setting(postgres, store, name, listener, points);
        }
    }

    public Gateway(Setting setting) {
        pool = pool(setting.postgres);
        lossy = new LossyDataSource(pool);
        postgres = new SwitchableDataSource(lossy);
        SystemOfRecord record = JdbcSystemOfRecord.over(postgres, ORGANISATION);
        MoneyCore.Identity identity = new MoneyCore.Identity(ORGANISATION, setting.name, UUID.randomUUID());
        MoneyCore.Running running = new MoneyCore.Running(Clock.systemUTC(), System::nanoTime, tasks);
        core = new MoneyCore(new MoneyCore.Parts(
                setting.store, record, identity, running, new MoneyCore.Hooks(setting.listener, setting.crashPoints)));
        core.start();
    }

    public Gateway ready() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10)).until(() -> core.health().isReady());
        return this;
    }

    /** The way to PostgreSQL, which a test can cut. */
    public SwitchableDataSource postgres() {
        return postgres;
    }

    /** The same way, on which answers to a commit can be lost. */
    public LossyDataSource commits() {
        return lossy;
    }

    public MoneyCore core() {
        return core;
    }

    public Reservations reservations() {
        return core.reservations();
    }

    public static RequestId request() {
        return IDS.next();
    }

    public static Caller caller(String tenant) {
        return new Caller(ORGANISATION, new TenantId(tenant), new ProjectId("default"), new KeyId("key"), "somebody", Set.of(Role.CALLER));
    }

    public static TenantLimits budget(long nanos) {
        return new TenantLimits(null, null, Money.ofNanos(nanos));
    }

    public static Claim claim(String tenant, TenantLimits limits, long ceiling) {
        return new Claim(request(), 1, caller(tenant), limits, List.of(new Claim.Step(Money.ofNanos(ceiling), ceiling)));
    }

    public static Booking booking() {
        return new Booking(
                new ModelId("small"),
                new EngineId("on-prem"),
                Route.ON_PREM,
                new PriceVersion(1, PRICE),
                10,
                90,
                Clock.systemUTC().instant(),
                Map.of("team", "a \"quoted\" one"),
                "{\"rule\":\"test\"}");
    }

    public static Usage.Exact used(long tokens) {
        return new Usage.Exact(tokens, 0, 0, 0, 0);
    }

    /** Reserved and on record, or an error. */
    public Reservation.Held hold(Claim claim) {
        Admission admission = reservations().reserve(claim);
        if (!(admission instanceof Admission.Granted(Grant grant))) {
            throw new IllegalStateException(admission.toString());
        }
        Reservations.Intended intended = reservations().intend(grant, booking());
        if (!(intended instanceof Reservations.Intended.Held(Reservation.Held held))) {
            throw new IllegalStateException(intended.toString());
        }
        return held;
    }

    public void awaitSettled() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10))
                .until(() -> core.health().unsettled() == 0);
    }

    /** The process is gone: nothing is booked, no lease is ended. */
    public void die() {
        tasks.close();
        pool.close();
    }

    @Override
    public void close() {
        core.close();
        tasks.close();
        pool.close();
    }

    private static AgroalDataSource pool(DataSource server) {
        PGSimpleDataSource simple = (PGSimpleDataSource) server;
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(configuration -> configuration
                            .maxSize(10)
                            .acquisitionTimeout(Duration.ofSeconds(2))
                            .exceptionSorter(new PostgreSQLExceptionSorter())
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(simple.getUrl())
                                    .principal(new NamePrincipal(simple.getUser()))
                                    .jdbcProperty("socketTimeout", "10")
                                    .jdbcProperty("connectTimeout", "2"))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
