package io.weir.gateway.wiring;

import io.weir.gateway.config.WeirConfig;
import io.weir.gateway.config.WeirConfig.Mode;
import io.weir.tenancy.admission.CrashPoints;

/** Halts the process at one named point, as {@code kill -9} would. Only tests ask for it, only mode dev grants it. */
final class CrashAt implements CrashPoints {

    private static final int KILLED = 137;

    private final String point;

    private CrashAt(String point) {
        this.point = point;
    }

    static CrashPoints of(WeirConfig config) {
        return config.crashPoint()
                .filter(point -> config.mode() == Mode.DEV)
                .<CrashPoints>map(CrashAt::new)
                .orElse(CrashPoints.NONE);
    }

    @Override
    public void reached(String reached) {
        if (reached.equals(point)) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
