package io.weir.launcher.process;

import io.weir.launcher.base.LaunchFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Free TCP ports on loopback, each given out once. They lie below the range from which systems take the source ports of outgoing
 * connections (Linux 32768 on, macOS and IANA 49152 on): a client that keeps dialling a port of that range while nobody listens can
 * connect to itself and so keep a restarted child from its port.
 */
public final class Ports {
    private static final int LOWEST = 15_000;
    private static final int BELOW = 32_000;

    /** So many occupied ports in a row mean something other than bad luck. */
    private static final int TRIES_MAX = 200;

    private final RandomGenerator random;
    private final Set<Integer> taken = new HashSet<>();

    public Ports(RandomGenerator random) {
        this.random = random;
    }

    /** A port that nobody listens on now and that this object has not given out. */
    public synchronized int free() {
        for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
            int port = random.nextInt(LOWEST, BELOW);
            if (claim(port)) {
                return port;
            }
        }
        throw new LaunchFailure("No free port found between " + LOWEST + " and " + BELOW + ".");
    }

    /** Takes exactly this port, if it is free. */
    public synchronized boolean claim(int port) {
        return !taken.contains(port) && isFree(port) && taken.add(port);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException occupied) {
            return false;
        }
    }
}
