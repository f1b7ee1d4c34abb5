/** The pool against hand-written servers on loopback, byte by byte, and against the embedded engine. */
@NullMarked
package io.weir.engine.pool;

import org.jspecify.annotations.NullMarked;
