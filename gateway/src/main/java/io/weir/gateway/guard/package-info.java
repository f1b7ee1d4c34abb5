/** Keeps a failing engine from being asked: the circuit breaker. The only place where SmallRye Fault Tolerance is touched. */
@NullMarked
package io.weir.gateway.guard;

import org.jspecify.annotations.NullMarked;
