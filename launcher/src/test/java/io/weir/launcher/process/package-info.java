/** Tests with real child processes. */
@NullMarked
package io.weir.launcher.process;

import org.jspecify.annotations.NullMarked;
