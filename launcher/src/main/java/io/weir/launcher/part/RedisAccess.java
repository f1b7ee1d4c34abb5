package io.weir.launcher.part;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a gateway reaches Redis.
 *
 * @param url without credentials
 * @param user empty for Redis' default user
 */
public record RedisAccess(String url, String user, Optional<Path> passwordFile) {
}
