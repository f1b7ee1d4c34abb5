package io.weir.launcher.part;

import io.weir.launcher.process.Probe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a Redis takes our credentials and serves: AUTH where there is a password, then PING (the Redis serialization protocol,
 * version 2). One that still loads its data answers {@code -LOADING} and does not count.
 */
public final class RedisProbe implements Probe {
    private static final int TIMEOUT_MS = 1_000;

    private final InetSocketAddress address;
    private final List<String> credentials;

    /** {@code credentials}: nothing, or the default user's password. */
    public RedisProbe(InetSocketAddress address, List<String> credentials) {
        this.address = address;
        this.credentials = List.copyOf(credentials);
    }

    @Override
    public boolean answers() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(address, TIMEOUT_MS);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            if (!credentials.isEmpty()) {
                List<String> auth = Stream.concat(Stream.of("AUTH"), credentials.stream()).toList();
                if (!"+OK".equals(ask(socket, in, auth))) {
                    return false;
                }
            }
            return "+PONG".equals(ask(socket, in, List.of("PING")));
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String ask(Socket socket, BufferedReader in, List<String> words) throws IOException {
        String command = words.stream()
                .map(word -> "$" + word.getBytes(StandardCharsets.UTF_8).length + "\r\n" + word + "\r\n")
                .collect(Collectors.joining("", "*" + words.size() + "\r\n", ""));
        socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
        return String.valueOf(in.readLine());
    }
}
