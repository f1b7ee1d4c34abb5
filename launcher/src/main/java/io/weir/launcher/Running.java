package io.weir.launcher;

import io.weir.launcher.data.DataFolder;
import io.weir.launcher.part.EngineAccess;
import io.weir.launcher.part.Gateway;
import io.weir.launcher.part.PostgresAccess;
import io.weir.launcher.part.RedisAccess;
import java.util.List;

/** The addresses of one started Weir: they stay the same while its children come and go. */
record Running(DataFolder data, PostgresAccess postgres, RedisAccess redis, EngineAccess engines, List<Gateway> gateways) {

    Running {
        gateways = List.copyOf(gateways);
    }

    Gateway first() {
        return gateways.getFirst();
    }
}
