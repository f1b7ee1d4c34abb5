/** A stand-in under the name by which the launcher starts the embedded engine. */
@NullMarked
package io.weir.engine.moe;

import org.jspecify.annotations.NullMarked;
