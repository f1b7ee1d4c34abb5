package io.weir.gateway.wiring;

import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.weir.engine.pool.OnPremEngine;
import io.weir.gateway.bedrock.BedrockEngine;
import io.weir.gateway.config.PriceBookFile;
import io.weir.gateway.config.WeirConfig;
import io.weir.gateway.http.InFlight;
import io.weir.tenancy.jdbc.JdbcPriceBook;
import io.weir.tenancy.jdbc.JdbcTenants;
import io.weir.tenancy.jdbc.Migrations;
import io.weir.tenancy.admission.MoneyCore;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Starts the gateway before its port opens, and stops it after the last request: schema, directory, prices, engines, then the protocol; on SIGTERM
 * requests first, settlements next, stores last.
 */
@Singleton
public class Lifecycle {

    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    private final WeirConfig config;
    private final AgroalDataSource database;
    private final JdbcTenants tenants;
    private final JdbcPriceBook prices;
    private final PriceBookFile priceBook;
    private final OnPremEngine onPrem;
    private final Optional<BedrockEngine> bedrock;
    private final MoneyCore money;
    private final InFlight inFlight;

    Lifecycle(
            WeirConfig config,
            AgroalDataSource database,
            JdbcTenants tenants,
            JdbcPriceBook prices,
            PriceBookFile priceBook,
            OnPremEngine onPrem,
            Optional<BedrockEngine> bedrock,
            MoneyCore money,
            InFlight inFlight) {
        this.config = config;
        this.database = database;
        this.tenants = tenants;
        this.prices = prices;
        this.priceBook = priceBook;
        this.onPrem = onPrem;
        this.bedrock = bedrock;
        this.money = money;
        this.inFlight = inFlight;
    }

    void start(@Observes StartupEvent event) {
        try (AgroalDataSource migrator = Databases.migrator(config.postgres())) {
            Migrations.run(migrator);
        }
        tenants.start();
        prices.start();
        prices.add(priceBook.prices());
        onPrem.start();
        money.start();
        LOG.infov("started: instance={0} mode={1} bedrock={2}", config.instance(), config.mode(), bedrock.isPresent());
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        inFlight.drain(config.drain());
        money.close();
        onPrem.close();
        bedrock.ifPresent(BedrockEngine::close);
        prices.close();
        tenants.close();
        database.close();
    }
}
