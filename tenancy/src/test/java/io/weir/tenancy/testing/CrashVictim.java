package io.weir.tenancy.testing;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.weir.tenancy.admission.CrashPoints;
import io.weir.tenancy.admission.ProtocolListener;
import io.weir.tenancy.admission.Reservation;
import io.weir.tenancy.redis.RedisAdmissionStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;

/** A gateway process that serves one call and dies, as by kill -9, when it reaches a point. */
public final class CrashVictim {

    /** As a shell reports SIGKILL. */
    public static final int KILLED = 137;

    private CrashVictim() {}

    /** @param arguments JDBC URL, Redis URL, crash point */
    public static void main(String[] arguments) {
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(arguments[0]);
        postgres.setUser("weir_app");
        ClientResources resources = DefaultClientResources.create();
        CrashPoints points = point -> {
            if (point.equals(arguments[2])) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        RedisAdmissionStore store =
                RedisAdmissionStore.at(arguments[1], Gateway.ORGANISATION, resources, Duration.ofSeconds(5));
        try (Gateway gateway =
                new Gateway(new Gateway.Setting(postgres, store, "victim", new ProtocolListener() {}, points)).ready()) {
            Reservation.Held held = gateway.hold(Gateway.claim("acme", Gateway.budget(1_000), 100));
            gateway.reservations().checkpoint(held, 12);
            gateway.core().checkpointNow();
            gateway.reservations().close(held.settle(Gateway.used(40), "completed"));
            gateway.awaitSettled();
        }
        resources.shutdown(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        System.exit(0);
    }
}
