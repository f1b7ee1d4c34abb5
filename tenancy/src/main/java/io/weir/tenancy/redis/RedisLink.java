package io.weir.tenancy.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.weir.tenancy.admission.StoreAway;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One connection to one server, never repaired: when it breaks, another link takes its place. Thread-safe. */
final class RedisLink {

    private final StatefulRedisConnection<String, String> connection;
    private final RedisAsyncCommands<String, String> commands;
    private volatile boolean published;

    RedisLink(StatefulRedisConnection<String, String> connection) {
        this.connection = connection;
        this.commands = connection.async();
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    boolean isPublished() {
        return published;
    }

    void publish() {
        published = true;
    }

    void close() {
        published = false;
        if (connection.isOpen()) {
            connection.closeAsync();
        }
    }

    /** One script call, one round trip; a server that forgot the script gets it with a second one. */
    <T> T script(Scripts script, ScriptCall call, ScriptOutputType output) {
        try {
            return get(commands.<T>evalsha(script.sha(), output, call.keys(), call.arguments()), call.within());
        } catch (NoScript unknown) {
            return ask(all -> all.<T>eval(script.text(), output, call.keys(), call.arguments()), call.within());
        }
    }

    /** What a script is called with, and how long its answer is waited for. */
    record ScriptCall(String[] keys, String[] arguments, Duration within) {
        static ScriptCall of(String seeded, List<String> arguments, Duration within) {
            return new ScriptCall(new String[] {seeded}, arguments.toArray(String[]::new), within);
        }
    }

    <T> T ask(Function<RedisAsyncCommands<String, String>, Future<T>> command, Duration within) {
        try {
            return get(command.apply(commands), within);
        } catch (NoScript impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> T get(Future<T> answer, Duration within) throws NoScript {
        try {
            return answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new StoreAway(StoreAway.Which.REDIS, "no answer within " + within.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException) {
                throw new NoScript();
            }
            throw failed(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreAway(StoreAway.Which.REDIS, "interrupted", e);
        }
    }

    static StoreAway failed(@Nullable Throwable cause) {
        return new StoreAway(StoreAway.Which.REDIS, cause == null ? "failed" : cause.toString(), cause);
    }

    /** The server does not know the script. */
    private static final class NoScript extends Exception {
        private static final long serialVersionUID = 1;

        private NoScript() {
            super(null, null, false, false);
        }
    }
}
