package io.weir.launcher.part;

/** How a gateway reaches PostgreSQL: as {@code app} for its work, as {@code migrator} for the schema. */
public record PostgresAccess(String jdbcUrl, Login app, Login migrator) {
}
