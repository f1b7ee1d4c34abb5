package io.weir.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final long SEED = 7;

    @Test
    void aPortIsGivenOutOnceAndLiesBelowTheRangeOfOutgoingConnections() {
        // Given
        Ports ports = new Ports(new Random(SEED));
        Set<Integer> given = new HashSet<>();

        // When
        for (int i = 0; i < 200; i++) {
            given.add(ports.free());
        }

        // Then
        assertThat(given).hasSize(200).allMatch(port -> port >= 15_000 && port < 32_000);
    }

    @Test
    void aPortSomebodyListensOnIsNotClaimed() throws IOException {
        // Given
        Ports ports = new Ports(new Random(SEED));
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {

            // When
            boolean claimed = ports.claim(listener.getLocalPort());

            // Then
            assertThat(claimed).isFalse();
        }
    }
}
