package io.weir.blackbox.rig;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.Objects;

/** Reads counters and holds of an epoch, by the key layout of the protocol ({@code weir:{org}:e<epoch>:}). */
public final class RedisView implements AutoCloseable {

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    RedisView(String url) {
        this.client = RedisClient.create(url);
        this.connection = client.connect();
    }

    /** A money counter. */
    public record Sums(long settled, long held) {
    }

    private static String prefix(long epoch) {
        return "weir:{default}:e" + epoch + ":";
    }

    /** The tenant's counter, over all periods of the epoch. */
    public Sums sums(long epoch, String tenant) {
        RedisCommands<String, String> redis = connection.sync();
        long settled = 0;
        long held = 0;
        for (String key : redis.keys(prefix(epoch) + "b:t:" + tenant + ":*")) {
            settled += Long.parseLong(redis.hget(key, "settled"));
            held += Long.parseLong(redis.hget(key, "held"));
        }
        return new Sums(settled, held);
    }

    /** The names of all live holds: {@code request/attempt} or whatever the store calls them. */
    public List<String> holds(long epoch) {
        return connection.sync().zrange(prefix(epoch) + "holds", 0, -1);
    }

    /** How much the live holds' last checkpoints say was delivered. */
    public List<String> checkpoints(long epoch) {
        return holds(epoch).stream().map(name -> connection.sync().hget(prefix(epoch) + "h:" + name, "delivered"))
                .filter(Objects::nonNull).toList();
    }

    /** Loses everything. */
    public void flush() {
        connection.sync().flushall();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
