package io.weir.launcher.part;

import java.nio.file.Path;
import java.util.Optional;

/** How a gateway reaches Redis; the URL carries no credentials. */
public record RedisAccess(String url, Optional<Path> passwordFile) {
}
