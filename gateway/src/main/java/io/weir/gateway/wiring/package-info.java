/** Builds every object of the gateway once, in one place, and starts and stops them in order. */
@NullMarked
package io.weir.gateway.wiring;

import org.jspecify.annotations.NullMarked;
