package io.weir.launcher.part;

import io.weir.launcher.process.Probe;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Whether a PostgreSQL accepts sessions, asked without a driver and without a password: it is sent the start of a session and answers by
 * asking for a password, or with an error. Code 57P03 says "starting up" or "shutting down"; any other answer shows that it serves
 * (the rule of {@code pg_isready}). Message formats: PostgreSQL manual, 54.7.
 */
public final class PostgresProbe implements Probe {
    private static final int TIMEOUT_MS = 1_000;
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final String CANNOT_CONNECT_NOW = "57P03";

    /** An error message is a few hundred bytes; more is not read. */
    private static final int ANSWER_BYTES_MAX = 4_096;

    private final InetSocketAddress address;
    private final String user;
    private final String database;

    public PostgresProbe(InetSocketAddress address, String user, String database) {
        this.address = address;
        this.user = user;
        this.database = database;
    }

    @Override
    public boolean answers() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(address, TIMEOUT_MS);
            socket.getOutputStream().write(startup());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int kind = in.read();
            if (kind != 'E') {
                return kind >= 0;
            }
            int length = Math.min(Math.max(in.readInt() - Integer.BYTES, 0), ANSWER_BYTES_MAX);
            return !new String(in.readNBytes(length), StandardCharsets.UTF_8).contains(CANNOT_CONNECT_NOW);
        } catch (IOException notYet) {
            return false;
        }
    }

    private byte[] startup() {
        byte[] text = ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
        int length = 2 * Integer.BYTES + text.length;
        return ByteBuffer.allocate(length).putInt(length).putInt(PROTOCOL_3_0).put(text).array();
    }
}
