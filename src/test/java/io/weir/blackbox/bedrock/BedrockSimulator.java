package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * AWS Bedrock's runtime as seen over the wire, on an ephemeral port of 127.0.0.1, HTTP/1.1 without TLS. Requests must carry a valid
 * Signature Version 4 of one of its keys. Tests drive it from any thread: {@link #script} says what the model answers, {@link #faults}
 * what goes wrong, {@link #gate} when answers begin; {@link #meter}, {@link #requests}, {@link #canary} say what happened.
 */
public final class BedrockSimulator implements AutoCloseable {

    /** Requests remembered in full; older ones are forgotten, the counters and the meter are not. */
    private static final int MAX_REMEMBERED = 20_000;
    private static final int BACKLOG = 1024;

    /**
     * What the simulated account looks like.
     *
     * @param region the region it stands in
     * @param keys   the access keys that exist
     * @param models the model ids it knows; empty: every well-formed one
     * @param clock  what signatures are checked against
     */
    public record Account(String region, List<AccessKey> keys, Set<String> models, Clock clock) {

        public Account {
            keys = List.copyOf(keys);
            models = Set.copyOf(models);
        }

        /** {@code us-east-1}, one long-lived key, every model, the system's clock. */
        public static Account standard() {
            return new Account("us-east-1", List.of(AccessKey.permanent("AKIASIMULATORWEIR001", "simulated/secret+of/the/black/box/suite01")), Set.of(),
                    Clock.systemUTC());
        }
    }

    private final Account account;
    private final ServerSocket server;
    private final SigV4Verifier verifier;
    private final ConverseParser parser;
    private final TokenMeter meter = new TokenMeter();
    private final FaultPlan faults = new FaultPlan();
    private final Gate gate = new Gate();
    private final Canary canary = new Canary();
    private final Deque<SimulatedRequest> remembered = new ArrayDeque<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();
    private volatile Function<ConverseCall, Script> script = call -> Script.text("You wrote " + call.inputTokens() + " tokens to " + call.modelId() + ".");

    private BedrockSimulator(Account account) throws IOException {
        this.account = account;
        this.verifier = new SigV4Verifier(account.keys(), account.region(), "bedrock", account.clock());
        this.parser = new ConverseParser(account.models());
        this.server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), BACKLOG);
        Thread.ofVirtual().name("bedrock-simulator-accept").start(this::accept);
    }

    /** Starts one with {@link Account#standard()}. */
    public static BedrockSimulator start() {
        return start(Account.standard());
    }

    /** Starts one for that account. */
    public static BedrockSimulator start(Account account) {
        try {
            return new BedrockSimulator(account);
        } catch (IOException unbound) {
            throw new UncheckedIOException(unbound);
        }
    }

    /** {@code http://127.0.0.1:PORT}, for {@code AWS_ENDPOINT_URL_BEDROCK_RUNTIME}. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The environment variables that point the AWS SDK's own chain at this simulator, with the account's first key. */
    public Map<String, String> environment() {
        AccessKey key = account.keys().getFirst();
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_REGION", account.region());
        variables.put("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint().toString());
        variables.put("AWS_ACCESS_KEY_ID", key.id());
        variables.put("AWS_SECRET_ACCESS_KEY", key.secret());
        String token = key.sessionToken();
        if (token != null) {
            variables.put("AWS_SESSION_TOKEN", token);
        }
        return variables;
    }

    public Account account() {
        return account;
    }

    /** Every call is answered so from now on. */
    public void script(Script answer) {
        this.script = call -> answer;
    }

    /** Each call is answered by what the function makes of it. */
    public void script(Function<ConverseCall, Script> answers) {
        this.script = answers;
    }

    public FaultPlan faults() {
        return faults;
    }

    public Gate gate() {
        return gate;
    }

    public TokenMeter meter() {
        return meter;
    }

    public Canary canary() {
        return canary;
    }

    /** The requests remembered, oldest first. */
    public List<SimulatedRequest> requests() {
        synchronized (remembered) {
            return new ArrayList<>(remembered);
        }
    }

    /** The latest request. */
    public SimulatedRequest lastRequest() {
        synchronized (remembered) {
            return remembered.getLast();
        }
    }

    /** Connections accepted since the start. */
    public long connections() {
        return connections.get();
    }

    /** Connections open now. */
    public int openConnections() {
        return sockets.size();
    }

    /** HTTP requests received since the start, refused ones included: what the ledger's attempts must equal. */
    public long attempts() {
        return attempts.get();
    }

    /** Requests being answered now. */
    public long inFlight() {
        return inFlight.get();
    }

    /** Closes every connection and the port. */
    @Override
    public void close() {
        gate.release();
        quietly(server);
        sockets.forEach(BedrockSimulator::quietly);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().name("bedrock-simulator-read").start(() -> {
                    try {
                        new HttpConnection(socket, this::handle).run();
                    } finally {
                        sockets.remove(socket);
                    }
                });
            }
        } catch (IOException closed) {
            // The port has been closed: the simulator ends.
        }
    }

    private void handle(Exchange exchange) {
        inFlight.incrementAndGet();
        SimulatedRequest request = remember(exchange);
        try {
            canary.look(exchange.request());
            var refusal = verifier.refusal(exchange.request());
            if (refusal.isPresent()) {
                refuse(exchange, request, refusal.get());
            } else {
                answer(exchange, request, parser.parse(request.number(), exchange.request()));
            }
        } catch (ConverseParser.Invalid invalid) {
            refuse(exchange, request, invalid.error());
        } catch (Exchange.ClientGone gone) {
            request.ended(SimulatedRequest.State.CLIENT_GONE);
        } catch (Answer.EndedByFault ended) {
            request.ended(SimulatedRequest.State.FAULTED);
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private void answer(Exchange exchange, SimulatedRequest request, ConverseCall call) {
        Fault fault = faults.choose(call).orElse(null);
        Script answer = script.apply(call);
        Generation generation = new Generation(answer, call, fault instanceof Fault.AboveMaxTokens(int excess) ? excess : 0);
        request.accepted(call, generation);
        Bill bill = new Bill(meter, call.modelId(), generation);
        try {
            gate.pass(exchange);
            switch (fault) {
                case Fault.HttpError(AwsError error) -> {
                    bill.waive();
                    refuse(exchange, request, error);
                }
                case Fault.HtmlPage(int status) -> {
                    bill.waive();
                    request.refused(status);
                    exchange.respond(status, Map.of("content-type", "text/html"),
                            "<html><body><h1>Bad gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8));
                }
                case Fault.SilentBeforeHead _ -> exchange.awaitGone();
                case null, default -> {
                    Answer writer = new Answer(exchange, generation, answer, fault, bill::settle);
                    if (call.streaming()) {
                        writer.stream(requestId(request.number()));
                    } else {
                        writer.whole(requestId(request.number()));
                    }
                    request.ended(SimulatedRequest.State.COMPLETED);
                }
            }
        } finally {
            bill.settle();
        }
    }

    private static void refuse(Exchange exchange, SimulatedRequest request, AwsError error) {
        request.refused(error.status());
        byte[] body = ("{\"message\":" + TextNode.valueOf(error.message()) + "}").getBytes(StandardCharsets.UTF_8);
        exchange.respond(error.status(), Map.of("content-type", "application/json", "x-amzn-errortype", error.type() + ":",
                "x-amzn-requestid", requestId(request.number())), body);
    }

    private SimulatedRequest remember(Exchange exchange) {
        synchronized (remembered) {
            SimulatedRequest request = new SimulatedRequest(attempts.incrementAndGet(), exchange);
            remembered.addLast(request);
            if (remembered.size() > MAX_REMEMBERED) {
                remembered.removeFirst();
            }
            return request;
        }
    }

    private static String requestId(long number) {
        return new UUID(0x5157_0000_0000_4000L, 0x8000_0000_0000_0000L | number).toString();
    }

    private static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyClosed) {
            // Closing is best effort: the process holds nothing else.
        }
    }

    /** Meters one call once, or not at all. Used by one thread. */
    private static final class Bill {

        private final TokenMeter meter;
        private final String modelId;
        private final Generation generation;
        private boolean closed;

        Bill(TokenMeter meter, String modelId, Generation generation) {
            this.meter = meter;
            this.modelId = modelId;
            this.generation = generation;
        }

        void settle() {
            if (!closed) {
                closed = true;
                meter.add(modelId, generation.tokens());
            }
        }

        void waive() {
            closed = true;
        }
    }
}
