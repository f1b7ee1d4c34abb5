package io.weir.blackbox.bedrock;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request and the response being written to it. One thread answers; the connection's reading thread reports the client's going away,
 * which ends every wait here at once with {@link ClientGone}.
 */
final class Exchange {

    /** The client closed or reset its connection before the whole answer was written. */
    static final class ClientGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClientGone() {
            super("the client went away", null, false, false);
        }
    }

    private final WireRequest request;
    private final Socket socket;
    private final OutputStream out;
    private final CompletableFuture<Long> gone = new CompletableFuture<>();
    private final AtomicLong lastWriteNanos = new AtomicLong();
    private final AtomicLong bodyBytes = new AtomicLong();
    private volatile boolean finished;
    private volatile boolean keepAlive = true;

    Exchange(WireRequest request, Socket socket, OutputStream out) {
        this.request = request;
        this.socket = socket;
        this.out = out;
        this.lastWriteNanos.set(System.nanoTime());
    }

    WireRequest request() {
        return request;
    }

    /** The reading thread saw the end of the connection. Does nothing once the answer is complete. */
    void clientWentAway() {
        if (!finished) {
            gone.complete(System.nanoTime());
        }
    }

    /** When the client went away, by {@link System#nanoTime()}; empty if it did not. */
    Optional<Long> goneNanos() {
        return Optional.ofNullable(gone.getNow(null));
    }

    /** When the last byte so far was handed to the kernel, or the request was read if there is none. */
    long lastWriteNanos() {
        return lastWriteNanos.get();
    }

    /** Bytes of the body handed to the kernel, chunk framing apart. */
    long bodyBytes() {
        return bodyBytes.get();
    }

    boolean keepAlive() {
        return keepAlive;
    }

    /** Writes a whole response; a body shorter than announced never happens here. */
    void respond(int status, Map<String, String> headers, byte[] body) {
        byte[] head = head(status, headers, "content-length: " + body.length);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        finished = gone.getNow(null) == null;
        bodyBytes.addAndGet(body.length);
        write(whole);
    }

    /** Writes the head of a chunked response. */
    void beginChunked(int status, Map<String, String> headers) {
        write(head(status, headers, "transfer-encoding: chunked"));
    }

    /** Writes the head and only {@code sent} bytes of the announced body, then closes. */
    void respondCut(Map<String, String> headers, byte[] body, int sent) {
        write(head(200, headers, "content-length: " + body.length));
        bodyBytes.addAndGet(sent);
        write(Arrays.copyOf(body, sent));
        closeNow();
    }

    /** Writes one chunk and flushes it. */
    void chunk(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] framed = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, framed, 0, size.length);
        System.arraycopy(bytes, 0, framed, size.length, bytes.length);
        framed[framed.length - 2] = '\r';
        framed[framed.length - 1] = '\n';
        write(framed);
        bodyBytes.addAndGet(bytes.length);
    }

    /** Ends a chunked response well. */
    void endChunked() {
        throwIfGone();
        finished = true;
        write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Closes without ending the response: the client sees a cut body. */
    void closeNow() {
        finished = true;
        keepAlive = false;
        try {
            socket.close();
        } catch (IOException ignored) {
            // Already closed: nothing is left to do.
        }
    }

    /** Closes with RST instead of FIN. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // Falls through to close, which then has no effect either.
        }
        closeNow();
    }

    /** Waits, unless the client goes away first. */
    void pause(Duration duration) {
        if (duration.isZero()) {
            throwIfGone();
            return;
        }
        try {
            gone.get(duration.toNanos(), TimeUnit.NANOSECONDS);
            throw new ClientGone();
        } catch (TimeoutException over) {
            // The time passed with the client still there.
        } catch (InterruptedException | ExecutionException ended) {
            throw new ClientGone();
        }
    }

    /** Waits until that future is done, unless the client goes away first. */
    void await(CompletableFuture<Void> condition) {
        CompletableFuture.anyOf(condition, gone).join();
        throwIfGone();
    }

    /** Waits until the client goes away. */
    void awaitGone() {
        gone.join();
        throw new ClientGone();
    }

    void throwIfGone() {
        if (gone.isDone()) {
            throw new ClientGone();
        }
    }

    private void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            lastWriteNanos.set(System.nanoTime());
        } catch (IOException broken) {
            if (finished && goneNanos().isEmpty()) {
                throw new UncheckedIOException(broken);
            }
            clientWentAway();
            throw new ClientGone();
        }
    }

    private static byte[] head(int status, Map<String, String> headers, String framing) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Simulated\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append(framing).append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
