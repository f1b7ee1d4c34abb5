/** Drives the packaged product as its users do: over HTTP and by its command line, with real PostgreSQL, Redis, engine and gateway processes. */
@NullMarked
package io.weir.blackbox;

import org.jspecify.annotations.NullMarked;
