package io.weir.gateway.wiring;

import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.weir.engine.pool.OnPremEngine;
import io.weir.engine.pool.OnPremOptions;
import io.weir.gateway.config.Secrets;
import io.weir.gateway.config.WeirConfig;
import io.weir.gateway.dialect.OpenAiChatParser;
import io.weir.gateway.dialect.Unsupported;
import io.weir.gateway.dialect.WeirDecisionWriter;
import io.weir.gateway.guard.GuardedEngine;
import io.weir.gateway.http.InFlight;
import io.weir.gateway.http.RequestIds;
import io.weir.gateway.observe.MetricsObserver;
import io.weir.gateway.pipeline.Admit;
import io.weir.gateway.pipeline.CallerResolver;
import io.weir.gateway.pipeline.ChatPipeline;
import io.weir.gateway.pipeline.Classify;
import io.weir.gateway.pipeline.Dispatch;
import io.weir.gateway.pipeline.Engines;
import io.weir.gateway.pipeline.Enumerate;
import io.weir.gateway.pipeline.Explain;
import io.weir.gateway.pipeline.Record;
import io.weir.gateway.pipeline.Stages;
import io.weir.gateway.pipeline.TenantOf;
import io.weir.gateway.pipeline.Waits;
import io.weir.gateway.security.BearerMechanism.AdminKey;
import io.weir.gateway.security.KeyCallerResolver;
import io.weir.gateway.security.KeyMaker;
import io.weir.router.Engine;
import io.weir.router.EngineId;
import io.weir.router.IdSource;
import io.weir.router.Router;
import io.weir.router.Tasks;
import io.weir.router.Ticker;
import io.weir.router.score.HeuristicScorer;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Tenants;
import io.weir.tenancy.admission.Reservations;
import io.weir.tenancy.jdbc.JdbcLedger;
import io.weir.tenancy.jdbc.JdbcPriceBook;
import io.weir.tenancy.jdbc.JdbcTenants;
import io.weir.tenancy.ledger.Ledger;
import io.weir.tenancy.pricing.PriceBook;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Every object of the gateway, made once. Nothing here touches the network: {@link Lifecycle} starts what has to be started, in order. */
@Singleton
public class Wiring {

    private static final EngineId ON_PREM = new EngineId("on-prem");

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Ticker ticker() {
        return System::nanoTime;
    }

    @Produces
    @Singleton
    Tasks tasks() {
        return new VirtualTasks();
    }

    @Produces
    @Singleton
    OrganisationId organisation() {
        return new OrganisationId("default");
    }

    @Produces
    @Singleton
    AgroalDataSource database(WeirConfig config) {
        return Databases.application(config.postgres());
    }

    @Produces
    @Singleton
    JdbcTenants tenants(AgroalDataSource database, Tasks tasks, Clock clock) {
        return new JdbcTenants(database, tasks, clock);
    }

    @Produces
    @Singleton
    JdbcPriceBook prices(AgroalDataSource database, Tasks tasks, OrganisationId organisation) {
        return new JdbcPriceBook(database, tasks, organisation);
    }

    @Produces
    @Singleton
    Ledger ledger(AgroalDataSource database) {
        return new JdbcLedger(database);
    }

    @Produces
    @Singleton
    OnPremEngine onPrem(Vertx vertx, WeirConfig config, Ticker ticker, Tasks tasks) {
        OnPremOptions options = OnPremOptions.of(ON_PREM, config.engine().url())
                .withApiKey(config.engine().keyFile().map(Secrets::read).orElse(null));
        return new OnPremEngine(vertx, options, ticker, tasks);
    }

    @Produces
    @Singleton
    Engines engines(OnPremEngine onPrem, PriceBook prices) {
        List<Engine> engines = new ArrayList<>();
        engines.add(new GuardedEngine(onPrem));
        return new Engines(engines, prices);
    }

    @Produces
    @Singleton
    Stages stages(Engines engines, Tenants tenants, Reservations reservations, MeterRegistry metrics, WeirConfig config) {
        Admit admit = new Admit(reservations);
        Router router = new Router();
        OpenAiChatParser parser = new OpenAiChatParser();
        WeirConfig.Wait wait = config.waits();
        Waits waits = new Waits(wait.firstEvent(), wait.nextEvent(), wait.total());
        return new Stages(
                new TenantOf(tenants),
                body -> parser.parse(body, Unsupported.REFUSE),
                new Classify(new HeuristicScorer()),
                new Enumerate(engines, router),
                admit,
                router,
                (decision, tenant) -> WeirDecisionWriter.decision(decision, tenant.policy()),
                new Dispatch(engines, admit, reservations, waits, ticker()),
                reservations,
                new Record(new MetricsObserver(metrics), clock()));
    }

    @Produces
    @Singleton
    ChatPipeline pipeline(Stages stages) {
        return new ChatPipeline(stages);
    }

    @Produces
    @Singleton
    Explain explain(Stages stages) {
        return new Explain(stages);
    }

    @Produces
    @Singleton
    TenantOf tenantOf(Stages stages) {
        return stages.tenants();
    }

    @Produces
    @Singleton
    InFlight inFlight(WeirConfig config) {
        return new InFlight(config.maxInFlight());
    }

    @Produces
    @Singleton
    RequestIds requestIds(Clock clock) {
        return new RequestIds(new IdSource(clock, new SecureRandom()));
    }

    @Produces
    @Singleton
    KeyMaker keys() {
        return new KeyMaker(new SecureRandom());
    }

    @Produces
    @Singleton
    CallerResolver callers(Tenants tenants) {
        return new KeyCallerResolver(tenants);
    }

    @Produces
    @Singleton
    AdminKey adminKey(WeirConfig config) {
        return new AdminKey(Secrets.read(config.adminKeyFile()));
    }
}
