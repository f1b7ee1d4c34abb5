package io.weir.launcher.part;

import java.net.URI;

/**
 * Where one gateway listens, on loopback.
 *
 * @param name {@code gateway-0} and so on
 */
public record Gateway(String name, int port, int managementPort) {

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public URI management() {
        return URI.create("http://127.0.0.1:" + managementPort);
    }
}
