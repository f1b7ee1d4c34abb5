/** The verbs behind {@code ./weir}: flags, the order of a start and of a stop, the banner, and one question to the gateway. */
@NullMarked
package io.weir.launcher;

import org.jspecify.annotations.NullMarked;
