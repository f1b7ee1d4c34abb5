package io.weir.gateway.wiring;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.weir.gateway.config.Secrets;
import io.weir.gateway.config.WeirConfig;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/** Connection pools to PostgreSQL, one a role. */
final class Databases {

    /** A caller waits no longer than this for a connection: the pool is sized so that none waits in health. */
    private static final Duration ACQUIRE = Duration.ofSeconds(2);
    /** A dead server is noticed within this, so that nobody hangs on it. */
    private static final String SOCKET_SECONDS = "10";

    private Databases() {}

    static AgroalDataSource application(WeirConfig.Postgres postgres) {
        return open(postgres.url(), postgres.user(), postgres.passwordFile(), postgres.connections());
    }

    static AgroalDataSource migrator(WeirConfig.Postgres postgres) {
        return open(postgres.url(), postgres.migratorUser(), postgres.migratorPasswordFile(), 2);
    }

    private static AgroalDataSource open(String url, String role, Path passwordFile, int connections) {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(connections)
                        .acquisitionTimeout(ACQUIRE)
                        .validateOnBorrow(false)
                        .exceptionSorter(Databases::isFatal)
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url)
                                .principal(new NamePrincipal(role))
                                .credential(new SimplePassword(Secrets.read(passwordFile)))
                                .jdbcProperty("ApplicationName", "weir")
                                .jdbcProperty("socketTimeout", SOCKET_SECONDS)
                                .jdbcProperty("connectTimeout", "2")
                                .jdbcProperty("tcpKeepAlive", "true")
                                .jdbcProperty("prepareThreshold", "1")));
        try {
            return AgroalDataSource.from(configuration);
        } catch (SQLException failed) {
            throw new IllegalStateException("no pool of connections to PostgreSQL could be made", failed);
        }
    }

    /** After these a connection is of no further use: it broke (class 08), or the server goes down (57P0x). PostgreSQL manual, appendix A. */
    private static boolean isFatal(SQLException failed) {
        String state = failed.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }
}
