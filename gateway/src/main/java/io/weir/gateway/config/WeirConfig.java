package io.weir.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Process settings ({@code weir.*}, {@code WEIR_*}). Whatever an admin changes at run time stands in PostgreSQL instead. */
@ConfigMapping(prefix = "weir")
public interface WeirConfig {

    /** {@code dev} or {@code prod}. */
    @WithDefault("dev")
    Mode mode();

    /** This gateway's name: a later start of the same name proves that the earlier process is dead. */
    @WithDefault("gateway")
    String instance();

    /** The address the API listens on: loopback unless a deployment says otherwise. */
    @WithDefault("127.0.0.1")
    String host();

    /** The address the management port listens on. */
    @WithDefault("127.0.0.1")
    String managementHost();

    /** The API's port. */
    @WithDefault("8080")
    int port();

    /** The port of metrics, on loopback. */
    @WithDefault("9000")
    int managementPort();

    /** The file that holds the platform admin's key. */
    Path adminKeyFile();

    /** The price book's file, loaded into PostgreSQL at start. */
    Optional<Path> priceBook();

    Postgres postgres();

    Redis redis();

    OnPrem engine();

    Bedrock bedrock();

    @WithName("wait")
    Wait waits();

    /** The most requests under way at once; more are refused with 503. */
    @WithDefault("2048")
    int maxInFlight();

    /** How long requests under way may take after SIGTERM. */
    @WithDefault("25s")
    Duration drain();

    /** Set by the launcher, so that it recognises its own processes. */
    Optional<String> child();

    /** The named point at which a test has the process halt; mode dev only. */
    Optional<String> crashPoint();

    /** What sort of process this is. */
    enum Mode {
        DEV,
        PROD
    }

    /** The system of record. */
    interface Postgres {
        /** JDBC URL. */
        String url();

        /** The application's role: may add to the ledger, never change it. */
        @WithDefault("weir_app")
        String user();

        Path passwordFile();

        /** The role that owns the schema. */
        @WithDefault("weir_migrator")
        String migratorUser();

        Path migratorPasswordFile();

        /** The most connections of this gateway. */
        @WithDefault("12")
        int connections();
    }

    /** The admission store. */
    interface Redis {
        URI url();

        Optional<Path> passwordFile();

        /** How long a caller waits for its reservation before it is refused: raised only where the whole machine is known to stall. */
        @WithDefault("50ms")
        Duration deadline();
    }

    /** The on-prem engine. */
    interface OnPrem {
        /** Base URL of an OpenAI-compatible engine. */
        URI url();

        /** The file that holds its API key. */
        Optional<Path> keyFile();

        /** The most connections to it. */
        @WithDefault("512")
        int connections();
    }

    /** AWS Bedrock: region, endpoint and credentials come from the SDK's own chain. */
    interface Bedrock {
        /** Model ids; none means Bedrock is not used. */
        Optional<List<String>> models();
    }

    /** How long an engine may take. */
    interface Wait {
        @WithDefault("60s")
        Duration firstEvent();

        @WithDefault("30s")
        Duration nextEvent();

        @WithDefault("10m")
        Duration total();
    }
}
