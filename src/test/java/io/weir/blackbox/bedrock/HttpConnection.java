package io.weir.blackbox.bedrock;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One keep-alive HTTP/1.1 connection. While an answer is being written by a thread of its own, this thread waits in a read, so that the
 * client's FIN or RST is known as soon as the kernel knows it.
 */
final class HttpConnection implements Runnable {

    /** A request body above this is refused: Bedrock's own limit for Converse is 25 MB. */
    private static final int MAX_BODY = 25 * 1024 * 1024;
    /** Longest request line or header line: SigV4 headers with a session token stay far below. */
    private static final int MAX_LINE = 16 * 1024;
    /** Most header lines of one request: the SDK sends about a dozen. */
    private static final int MAX_HEADERS = 100;

    private final Socket socket;
    private final Consumer<Exchange> handler;

    HttpConnection(Socket socket, Consumer<Exchange> handler) {
        this.socket = socket;
        this.handler = handler;
    }

    @Override
    public void run() {
        try (socket) {
            PushbackInputStream in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream(), 16 * 1024), 1);
            boolean open = true;
            while (open) {
                Optional<WireRequest> request = read(in);
                open = request.isPresent() && serve(request.get(), in);
            }
        } catch (IOException | InterruptedException closed) {
            // The connection ended between two requests or in the middle of one: there is nobody to tell.
        }
    }

    private boolean serve(WireRequest request, PushbackInputStream in) throws IOException, InterruptedException {
        Exchange exchange = new Exchange(request, socket, socket.getOutputStream());
        Thread answering = Thread.ofVirtual().name("bedrock-simulator-answer").start(() -> handler.accept(exchange));
        int next = -1;
        try {
            next = in.read();
        } catch (IOException reset) {
            // Told apart from FIN by nobody: the client is gone.
        }
        if (next == -1) {
            exchange.clientWentAway();
            answering.join();
            return false;
        }
        in.unread(next);
        answering.join();
        return exchange.keepAlive();
    }

    private Optional<WireRequest> read(PushbackInputStream in) throws IOException {
        String requestLine = line(in);
        if (requestLine.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = requestLine.split(" ");
        if (parts.length != 3 || !parts[2].equals("HTTP/1.1")) {
            throw new IOException("not an HTTP/1.1 request line");
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new IOException("malformed or too many headers");
            }
            headers.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        int question = parts[1].indexOf('?');
        String path = question < 0 ? parts[1] : parts[1].substring(0, question);
        String query = question < 0 ? "" : parts[1].substring(question + 1);
        WireRequest head = new WireRequest(parts[0], path, query, headers, new byte[0]);
        return Optional.of(new WireRequest(parts[0], path, query, headers, body(in, head)));
    }

    private byte[] body(PushbackInputStream in, WireRequest head) throws IOException {
        if (head.header("expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        if (head.header("transfer-encoding").isPresent()) {
            return chunkedBody(in);
        }
        int length = Integer.parseInt(head.header("content-length").orElse("0"));
        if (length < 0 || length > MAX_BODY) {
            throw new IOException("body too large");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("request cut");
        }
        return body;
    }

    private static byte[] chunkedBody(PushbackInputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            if (body.size() + size > MAX_BODY) {
                throw new IOException("body too large");
            }
            body.write(in.readNBytes(size));
            line(in);
        }
        while (!line(in).isEmpty()) {
            // Trailers carry nothing the simulator needs.
        }
        return body.toByteArray();
    }

    private static int chunkSize(PushbackInputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    /** One line without its CRLF; empty also at the end of the stream. */
    private static String line(PushbackInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int octet = in.read(); octet != -1 && octet != '\n'; octet = in.read()) {
            if (line.size() == MAX_LINE) {
                throw new IOException("line too long");
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
