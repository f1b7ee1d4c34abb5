package io.weir.blackbox.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A connection whose every byte the test decides. Used by one thread. */
public final class Wire implements AutoCloseable {

    private static final int TIMEOUT_MS = 30_000;

    private final Socket socket;
    private final StringBuilder seen = new StringBuilder();

    private Wire(Socket socket) {
        this.socket = socket;
    }

    public static Wire to(URI endpoint) {
        try {
            Socket socket = new Socket(endpoint.getHost(), endpoint.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            return new Wire(socket);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Sends a chat request with that caller's key. */
    public static Wire asking(Caller caller, Chat chat) {
        return to(caller.endpoint()).head("POST /v1/chat/completions HTTP/1.1", caller,
                List.of("content-length: " + bytes(chat.toString()).length)).write(chat.toString());
    }

    /** Writes a request's head: host, key and content type, and whatever else. */
    public Wire head(String line, Caller caller, List<String> headers) {
        StringBuilder head = new StringBuilder(line).append("\r\nhost: ").append(caller.endpoint().getAuthority())
                .append("\r\nauthorization: Bearer ").append(caller.key()).append("\r\ncontent-type: application/json\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        return write(head.append("\r\n").toString());
    }

    public Wire write(String text) {
        try {
            socket.getOutputStream().write(bytes(text));
            socket.getOutputStream().flush();
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Reads until that text has come so many times, and returns all that came so far. */
    public String awaitText(String text, int times) {
        while (count(text) < times) {
            if (!more()) {
                throw new AssertionError("the connection ended before " + times + " x '" + text + "': " + seen);
            }
        }
        return seen.toString();
    }

    /** Reads to the connection's end, and returns all that came. */
    public String awaitEnd() {
        while (more()) {
            // Until the other side closes.
        }
        return seen.toString();
    }

    /** The status of the first answer; reads as much as it needs. */
    public int status() {
        awaitText("\r\n", 1);
        return Integer.parseInt(seen.substring(9, 12));
    }

    /** Closes the connection by a reset. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Closes the connection properly. */
    @Override
    public void close() {
        TestEngine.quietly(socket);
    }

    private boolean more() {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[16 * 1024];
            int read = in.read(buffer);
            if (read > 0) {
                seen.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
            return read > 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private int count(String text) {
        int count = 0;
        for (int at = seen.indexOf(text); at >= 0; at = seen.indexOf(text, at + text.length())) {
            count++;
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
