/** What {@code weir up} starts: PostgreSQL, Redis, the embedded engine and the gateways, and how each shows that it answers. */
@NullMarked
package io.weir.launcher.part;

import org.jspecify.annotations.NullMarked;
