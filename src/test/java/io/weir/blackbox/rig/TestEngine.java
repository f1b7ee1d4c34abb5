package io.weir.blackbox.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * An OpenAI-compatible engine by script on an ephemeral port of 127.0.0.1: it serves one model the way vLLM does, and remembers every call. It
 * shares no code with the gateway. Thread-safe.
 */
public final class TestEngine implements AutoCloseable {

    /** Its model. */
    public static final String MODEL = "test-moe";
    /** Another one, for which nobody has entered a price. */
    public static final String UNPRICED = "unpriced-moe";
    static final int CONTEXT = 32_768;

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<EngineCallSeen> calls = new ArrayList<>();
    private final AtomicLong connections = new AtomicLong();
    private volatile Function<EngineCallSeen, Plan> script = TestEngine::byDefault;

    private TestEngine(ServerSocket server) {
        this.server = server;
        Thread.ofVirtual().name("test-engine-accept").start(this::accept);
    }

    public static TestEngine start() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 1024);
            return new TestEngine(socket);
        } catch (IOException unbound) {
            throw new UncheckedIOException(unbound);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private static Plan byDefault(EngineCallSeen call) {
        return Plan.saying("You", " asked", " the", " engine", ".");
    }

    /** Answers as at the start, and forgets the calls it has seen. */
    public void reset() {
        script = TestEngine::byDefault;
        synchronized (calls) {
            calls.clear();
        }
    }

    /** Every call is answered so from now on. */
    public void script(Plan plan) {
        script = call -> plan;
    }

    public void script(Function<EngineCallSeen, Plan> plans) {
        script = plans;
    }

    /** The calls since the start or the last {@link #reset}, in order. */
    public List<EngineCallSeen> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public EngineCallSeen lastCall() {
        return calls().getLast();
    }

    /** Connections accepted since the start. */
    public long connections() {
        return connections.get();
    }

    Plan plan(EngineCallSeen call) {
        synchronized (calls) {
            calls.add(call);
        }
        return script.apply(call);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().name("test-engine-read").start(() -> {
                    try {
                        new EngineConnection(this, socket).run();
                    } finally {
                        sockets.remove(socket);
                    }
                });
            }
        } catch (IOException closed) {
            // The port has been closed: the engine ends.
        }
    }

    @Override
    public void close() {
        quietly(server);
        sockets.forEach(TestEngine::quietly);
    }

    static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyClosed) {
            // Closing is best effort: the process holds nothing else.
        }
    }
}
