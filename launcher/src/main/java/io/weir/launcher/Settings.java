package io.weir.launcher;

import io.weir.launcher.part.PostgresUrl;
import io.weir.launcher.part.RedisUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code weir up} is to do, checked.
 *
 * @param port of the first gateway; 0 for free ones
 * @param postgres empty: the embedded one is started
 * @param redis empty: the embedded one is started
 * @param engine without {@code /v1}; empty: the embedded one is started
 */
public record Settings(
        int port,
        Path data,
        Optional<PostgresUrl> postgres,
        Optional<RedisUrl> redis,
        Optional<URI> engine,
        List<Price> prices,
        List<String> bedrockModels,
        int gateways) {

    public Settings {
        prices = List.copyOf(prices);
        bedrockModels = List.copyOf(bedrockModels);
    }
}
