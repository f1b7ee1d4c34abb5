package io.weir.tenancy.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.weir.router.Money;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Effect;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.ReserveAnswer;
import io.weir.tenancy.admission.ReserveCommand;
import io.weir.tenancy.admission.Scope;
import io.weir.tenancy.admission.StoreAway;
import io.weir.tenancy.redis.RedisLink.ScriptCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@link AdmissionStore} on one Redis (6.2 or newer). Lettuce reconnects nothing, queues nothing while disconnected and replays nothing: the protocol opens a new
 * link and compares its server first. One connection serves all; commands of many callers are pipelined on it.
 */
public final class RedisAdmissionStore implements AdmissionStore {

    /** Longer than Redis ever takes when it is well; a caller refused after it has lost little. */
    public static final Duration DEADLINE = Duration.ofMillis(50);
    /** For what nobody waits for. */
    static final Duration BACKGROUND_DEADLINE = Duration.ofSeconds(1);
    /** Laying a whole epoch: some 10,000 holds take some 100 ms. */
    static final Duration SEED_DEADLINE = Duration.ofSeconds(10);

    static final Duration CONNECT_DEADLINE = Duration.ofSeconds(2);
    /** Longer than an effect is ever repeated (two minutes), short enough to keep the marks few. */
    static final Duration ROW_MARK = Duration.ofMinutes(10);
    /** Commands under way on the connection; beyond it the store is not well and callers are refused. */
    private static final int REQUEST_QUEUE = 8_192;

    private static final int SCAN_STEP = 1_000;
    private static final int HOLD_FIELDS = 10;

    private final RedisClient client;
    private final RedisURI server;
    private final Keys keys;
    private final Duration deadline;
    private volatile @Nullable RedisLink link;

    private RedisAdmissionStore(RedisClient client, RedisURI server, Keys keys, Duration deadline) {
        this.client = client;
        this.server = server;
        this.keys = keys;
        this.deadline = deadline;
    }

    /**
     * Connects to nothing yet.
     *
     * @param url {@code redis://[user:password@]host:port} or {@code rediss://...}
     * @param organisation whose counters
     * @param resources event loops; shared with others and not closed here
     */
    public static RedisAdmissionStore at(String url, OrganisationId organisation, ClientResources resources) {
        return at(url, organisation, resources, DEADLINE);
    }

    /** @param deadline how long a caller waits for its reservation before it is refused; {@link #DEADLINE} unless the machine is known to stall */
    public static RedisAdmissionStore at(String url, OrganisationId organisation, ClientResources resources, Duration deadline) {
        RedisURI server = RedisURI.create(url);
        server.setTimeout(CONNECT_DEADLINE);
        RedisClient client = RedisClient.create(resources, server);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(REQUEST_QUEUE)
                .protocolVersion(ProtocolVersion.RESP2)
                .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_DEADLINE).keepAlive(true).tcpNoDelay(true).build())
                .build());
        return new RedisAdmissionStore(client, server, new Keys(organisation), deadline);
    }

    @Override
    public String open() {
        abandon();
        try {
            RedisLink opened = new RedisLink(client.connect(StringCodec.UTF8, server));
            link = opened;
            for (Scripts script : Scripts.values()) {
                opened.ask(commands -> commands.scriptLoad(script.text()), BACKGROUND_DEADLINE);
            }
            return runId(opened.ask(commands -> commands.info("server"), BACKGROUND_DEADLINE));
        } catch (RedisException e) {
            throw RedisLink.failed(e);
        }
    }

    @Override
    public void publish() {
        present().publish();
    }

    @Override
    public boolean isServing() {
        RedisLink present = link;
        return present != null && present.isPublished() && present.isOpen();
    }

    @Override
    public void abandon() {
        RedisLink present = link;
        link = null;
        if (present != null) {
            present.close();
        }
    }

    @Override
    public boolean isSeeded(long epoch) {
        return present().ask(commands -> commands.exists(Keys.seeded(keys.prefix(epoch))), BACKGROUND_DEADLINE) == 1;
    }

    @Override
    public Counters.SeedAnswer seed(Counters.Seed seed) {
        String prefix = keys.prefix(seed.epoch());
        List<String> arguments = new ArrayList<>();
        arguments.add(prefix);
        arguments.add(seed.extent().name());
        arguments.add(Integer.toString(seed.counters().size()));
        arguments.add(Integer.toString(seed.holds().size()));
        seed.counters().forEach((key, sums) -> {
            arguments.add(Keys.counter(key));
            arguments.add(Long.toString(sums.settled().nanos()));
            arguments.add(Long.toString(sums.held().nanos()));
        });
        for (Counters.Hold hold : seed.holds()) {
            arguments.add(hold.key().text());
            arguments.add(Long.toString(hold.held().nanos()));
            arguments.add(Long.toString(hold.tokens()));
            arguments.add(ReserveCall.millis(hold.period().from()));
            arguments.add(ReserveCall.millis(hold.period().to()));
            arguments.add(hold.owner().start().toString());
            arguments.add(hold.owner().who().text());
            arguments.add(ReserveCall.scopeNames(hold.owner().scopes()));
        }
        // A single counter is laid under the organisation's exclusive lock: it gets the short deadline.
        Duration within = switch (seed.extent()) {
            case WHOLE -> SEED_DEADLINE;
            case SINGLE -> deadline;
        };
        String answer = present().script(
                Scripts.SEED, ScriptCall.of(Keys.seeded(prefix), arguments, within), ScriptOutputType.VALUE);
        return Counters.SeedAnswer.valueOf(answer);
    }

    @Override
    public ReserveAnswer reserve(ReserveCommand command) {
        String prefix = keys.prefix(command.epoch());
        ScriptCall call = new ScriptCall(ReserveCall.keys(command, prefix), ReserveCall.arguments(command), deadline);
        List<Object> reply = serving().script(Scripts.RESERVE, call, ScriptOutputType.MULTI);
        return ReserveCall.answer(reply, command);
    }

    @Override
    public boolean apply(long epoch, List<Effect> effects) {
        String prefix = keys.prefix(epoch);
        List<String> arguments = new ArrayList<>();
        arguments.add(prefix);
        arguments.add(Long.toString(ROW_MARK.toMillis()));
        arguments.add(Integer.toString(effects.size()));
        for (Effect effect : effects) {
            arguments.add(effect.key().text());
            arguments.addAll(switch (effect) {
                case Effect.LetGo letGo -> List.of("", "1", "0", "0", "", "0", "1");
                case Effect.Booked booked ->
                    List.of(
                            booked.key().text() + ":" + booked.row().kind() + ":" + booked.row().cause(),
                            booked.row().endsHold() ? "1" : "0",
                            Long.toString(booked.amount().nanos()),
                            ReserveCall.millis(booked.counter().periodFrom()),
                            ReserveCall.scopeNames(booked.counter().scopes()),
                            Long.toString(booked.usedTokens()),
                            "0");
            });
        }
        String answer = serving().script(
                Scripts.SETTLE, ScriptCall.of(Keys.seeded(prefix), arguments, BACKGROUND_DEADLINE), ScriptOutputType.VALUE);
        return answer.equals("APPLIED");
    }

    @Override
    public void checkpoint(long epoch, List<Counters.Checkpoint> checkpoints) {
        String prefix = keys.prefix(epoch);
        List<String> arguments = new ArrayList<>();
        arguments.add(prefix);
        arguments.add(Integer.toString(checkpoints.size()));
        for (Counters.Checkpoint checkpoint : checkpoints) {
            arguments.add(checkpoint.key().text());
            arguments.add(Long.toString(checkpoint.outputTokens()));
            arguments.add(checkpoint.served());
        }
        serving().script(
                Scripts.CHECKPOINT, ScriptCall.of(Keys.seeded(prefix), arguments, BACKGROUND_DEADLINE), ScriptOutputType.VALUE);
    }

    @Override
    public Map<AttemptKey, Long> delivered(long epoch, List<AttemptKey> attempts) {
        String prefix = keys.prefix(epoch);
        List<String> arguments = new ArrayList<>();
        arguments.add(prefix);
        attempts.forEach(key -> arguments.add(key.text()));
        List<Object> reply = serving().script(
                Scripts.DELIVERED, ScriptCall.of(Keys.seeded(prefix), arguments, BACKGROUND_DEADLINE), ScriptOutputType.MULTI);
        Map<AttemptKey, Long> delivered = new HashMap<>();
        for (int i = 0; i < attempts.size(); i++) {
            String tokens = (String) reply.get(i);
            if (!tokens.isEmpty()) {
                delivered.put(attempts.get(i), Long.parseLong(tokens));
            }
        }
        return delivered;
    }

    @Override
    public List<Counters.Found> holds(long epoch, Duration olderThan, int most) {
        String prefix = keys.prefix(epoch);
        List<String> arguments = List.of(prefix, Long.toString(olderThan.toMillis()), Integer.toString(most));
        List<Object> reply = serving().script(
                Scripts.HOLDS, ScriptCall.of(Keys.seeded(prefix), arguments, BACKGROUND_DEADLINE), ScriptOutputType.MULTI);
        List<Counters.Found> found = new ArrayList<>();
        for (int i = 0; i < reply.size(); i += HOLD_FIELDS) {
            found.add(found(reply.subList(i, i + HOLD_FIELDS).stream().map(String.class::cast).toList()));
        }
        return found;
    }

    @Override
    public void renewLease(long epoch, UUID start, Duration lease) {
        String key = Keys.lease(keys.prefix(epoch), start);
        serving().ask(commands -> commands.set(key, "1", SetArgs.Builder.px(lease)), BACKGROUND_DEADLINE);
    }

    @Override
    public Set<UUID> living(long epoch, Collection<UUID> starts) {
        String prefix = keys.prefix(epoch);
        Set<UUID> living = new HashSet<>();
        for (UUID start : starts) {
            if (serving().ask(commands -> commands.exists(Keys.lease(prefix, start)), BACKGROUND_DEADLINE) == 1) {
                living.add(start);
            }
        }
        return living;
    }

    @Override
    public Map<Counters.Key, Counters.Sums> counters(long epoch, Collection<Counters.Key> wanted) {
        String prefix = keys.prefix(epoch);
        Map<Counters.Key, Counters.Sums> found = new HashMap<>();
        for (Counters.Key key : wanted) {
            List<KeyValue<String, String>> fields =
                    serving().ask(commands -> commands.hmget(Keys.counter(prefix, key), "settled", "held"), BACKGROUND_DEADLINE);
            if (fields.getFirst().hasValue() && fields.getLast().hasValue()) {
                found.put(key, new Counters.Sums(money(fields.getFirst().getValue()), money(fields.getLast().getValue())));
            }
        }
        return found;
    }

    @Override
    public void forgetBefore(long epoch) {
        ScanArgs match = ScanArgs.Builder.matches(keys.all()).limit(SCAN_STEP);
        ScanCursor cursor = ScanCursor.INITIAL;
        while (!cursor.isFinished()) {
            ScanCursor from = cursor;
            KeyScanCursor<String> page = serving().ask(commands -> commands.scan(from, match), BACKGROUND_DEADLINE);
            String[] old = page.getKeys().stream().filter(key -> keys.epochOf(key) < epoch).toArray(String[]::new);
            if (old.length > 0) {
                serving().ask(commands -> commands.unlink(old), BACKGROUND_DEADLINE);
            }
            cursor = page;
        }
    }

    @Override
    public void close() {
        abandon();
        client.shutdownAsync(0, CONNECT_DEADLINE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private RedisLink present() {
        RedisLink present = link;
        if (present == null || !present.isOpen()) {
            throw new StoreAway(StoreAway.Which.REDIS, "not connected", null);
        }
        return present;
    }

    private RedisLink serving() {
        RedisLink present = present();
        if (!present.isPublished()) {
            throw new StoreAway(StoreAway.Which.REDIS, "its server is not yet known to be the epoch's", null);
        }
        return present;
    }

    private static String runId(String info) {
        return info.lines()
                .filter(line -> line.startsWith("run_id:"))
                .map(line -> line.substring("run_id:".length()).strip())
                .findFirst()
                .orElseThrow(() -> new StoreAway(StoreAway.Which.REDIS, "the server does not say its run id", null));
    }

    private static Counters.Found found(List<String> fields) {
        AttemptKey key = AttemptKey.parse(fields.get(0));
        Grant.Period period = new Grant.Period(time(fields.get(3)), time(fields.get(4)));
        List<Scope> scopes = List.of(fields.get(7).split(",")).stream().map(Scope::parse).toList();
        Counters.Owner owner = new Counters.Owner(UUID.fromString(fields.get(5)), Counters.Who.parse(fields.get(6)), scopes);
        Counters.Hold hold = new Counters.Hold(key, money(fields.get(1)), Long.parseLong(fields.get(2)), period, owner);
        String delivered = fields.get(8);
        return new Counters.Found(
                hold, delivered.isEmpty() ? null : new Counters.Checkpoint(key, Long.parseLong(delivered), fields.get(9)));
    }

    private static Instant time(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static Money money(String nanos) {
        return Money.ofNanos(Long.parseLong(nanos));
    }
}
