package io.weir.engine.pool;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine on a raw socket that says exactly what a test wants, byte by byte, and counts what reaches it. */
final class ScriptedEngine implements AutoCloseable {

    /** Serves one request after the other of one connection; returning closes it. */
    interface Script {
        void serve(Wire wire) throws Exception;
    }

    record Seen(String head, String body) {

        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        List<String> headerNames() {
            return head.lines().skip(1).filter(line -> !line.isEmpty()).map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)).sorted().toList();
        }
    }

    private static final int SMALL_BUFFER = 16 * 1024;

    final AtomicInteger connections = new AtomicInteger();
    final List<Seen> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final Script script;

    ScriptedEngine(Script script) throws IOException {
        this.script = script;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request of every connection with the same bytes. */
    static ScriptedEngine always(byte[] response) throws IOException {
        return new ScriptedEngine(wire -> {
            while (wire.request() != null) {
                wire.send(response);
            }
        });
    }

    static ScriptedEngine always(String response) throws IOException {
        return always(response.getBytes(StandardCharsets.UTF_8));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSendBufferSize(SMALL_BUFFER);
            script.serve(new Wire(socket));
        } catch (Exception over) {
            // The client went away: scripts that care look at it themselves.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** One connection. */
    final class Wire {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Wire(Socket socket) throws IOException {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        /** The next request, or null where the client has closed. */
        Seen request() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int unit = in.read();
                if (unit < 0) {
                    return null;
                }
                head.write(unit);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int length = text.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                    .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                    .findFirst()
                    .orElse(0);
            Seen seen = new Seen(text, new String(in.readNBytes(length), StandardCharsets.UTF_8));
            requests.add(seen);
            return seen;
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        /** One HTTP chunk. */
        void chunk(String text) throws IOException {
            send(Http.chunk(text));
        }

        /** Closes with RST. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Blocks until the client closes, and says when: nanoseconds. */
        long closedAt() {
            try {
                while (in.read() >= 0) {
                    // Nothing is expected.
                }
            } catch (IOException reset) {
                // As good as closed.
            }
            return System.nanoTime();
        }
    }
}
