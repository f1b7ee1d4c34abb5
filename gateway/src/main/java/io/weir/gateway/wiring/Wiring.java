package io.weir.gateway.wiring;

import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.weir.engine.pool.OnPremEngine;
import io.weir.engine.pool.OnPremOptions;
import io.weir.gateway.bedrock.BedrockConnections;
import io.weir.gateway.bedrock.BedrockEngine;
import io.weir.gateway.bedrock.BedrockModel;
import io.weir.gateway.config.PriceBookFile;
import io.weir.gateway.config.Secrets;
import io.weir.gateway.config.WeirConfig;
import io.weir.gateway.dialect.OpenAiChatParser;
import io.weir.gateway.dialect.WeirDecisionWriter;
import io.weir.gateway.guard.GuardedEngine;
import io.weir.gateway.http.InFlight;
import io.weir.gateway.http.Readiness;
import io.weir.gateway.observe.MetricsObserver;
import io.weir.gateway.observe.ProtocolMetrics;
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
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Router;
import io.weir.router.Tasks;
import io.weir.router.Ticker;
import io.weir.router.score.HeuristicScorer;
import io.weir.router.score.Residency;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.Tenants;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.MoneyCore;
import io.weir.tenancy.admission.Reservations;
import io.weir.tenancy.jdbc.JdbcLedger;
import io.weir.tenancy.jdbc.JdbcPriceBook;
import io.weir.tenancy.jdbc.JdbcSystemOfRecord;
import io.weir.tenancy.jdbc.JdbcTenants;
import io.weir.tenancy.ledger.Ledger;
import io.weir.tenancy.pricing.PriceBook;
import io.weir.tenancy.redis.RedisAdmissionStore;
import io.weir.tenancy.redis.SharedLoops;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Every object of the gateway, made once. Nothing here touches the network: {@link Lifecycle} starts what has to be started, in order. */
@Singleton
public class Wiring {

    private static final EngineId ON_PREM = new EngineId("on-prem");
    private static final EngineId BEDROCK = new EngineId("bedrock");
    /** For a Bedrock model the price book's file does not list: every text model of Bedrock's takes and gives more. */
    private static final ModelLimits UNLISTED = new ModelLimits(8_000, 2_048);

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
    MoneyCore money(AgroalDataSource database, WeirConfig config, Tasks tasks, OrganisationId organisation, ProtocolMetrics metrics, Vertx vertx) {
        AdmissionStore store = RedisAdmissionStore.at(
                redisUrl(config.redis()), organisation, SharedLoops.over(vertx.nettyEventLoopGroup()), config.redis().deadline());
        return new MoneyCore(new MoneyCore.Parts(
                store,
                JdbcSystemOfRecord.over(database, organisation),
                new MoneyCore.Identity(organisation, config.instance(), UUID.randomUUID()),
                new MoneyCore.Running(clock(), ticker(), tasks),
                new MoneyCore.Hooks(metrics, CrashAt.of(config))));
    }

    @Produces
    @Singleton
    ProtocolMetrics protocolMetrics(MeterRegistry registry, InFlight inFlight) {
        return new ProtocolMetrics(registry, inFlight::cancelAll);
    }

    @Produces
    @Singleton
    Reservations reservations(MoneyCore money) {
        return money.reservations();
    }

    @Produces
    @Singleton
    Readiness.StoreStatus storeStatus(MoneyCore money) {
        return money::health;
    }

    @Produces
    @Singleton
    PriceBookFile priceBookFile(WeirConfig config) {
        return config.priceBook().map(PriceBookFile::read).orElseGet(() -> new PriceBookFile(List.of(), Map.of()));
    }

    @Produces
    @Singleton
    Optional<BedrockEngine> bedrock(WeirConfig config, PriceBookFile listed, Ticker ticker) {
        return config.bedrock().models().filter(ids -> !ids.isEmpty()).map(ids -> {
            List<BedrockModel> models = ids.stream().map(id -> bedrockModel(new ModelId(id), listed)).toList();
            return BedrockEngine.connect(BEDROCK, models, BedrockConnections.STANDARD, ticker);
        });
    }

    private static BedrockModel bedrockModel(ModelId id, PriceBookFile listed) {
        PriceBookFile.Listed known = listed.models().get(id);
        return known == null
                ? new BedrockModel(id, UNLISTED, Residency.GEOGRAPHY)
                : new BedrockModel(id, known.limits(), known.residency());
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
    Engines engines(OnPremEngine onPrem, Optional<BedrockEngine> bedrock, PriceBook prices) {
        List<Engine> engines = new ArrayList<>();
        engines.add(new GuardedEngine(onPrem));
        bedrock.map(GuardedEngine::new).ifPresent(engines::add);
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
                (body, tenant) -> parser.parse(body, tenant.unsupported()),
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
    IdSource requestIds(Clock clock) {
        return new IdSource(clock, new SecureRandom());
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

    private static String redisUrl(WeirConfig.Redis redis) {
        String url = redis.url().toString();
        return redis.passwordFile()
                .map(file -> url.replaceFirst("://", "://:" + URLEncoder.encode(Secrets.read(file), StandardCharsets.UTF_8) + "@"))
                .orElse(url);
    }
}
