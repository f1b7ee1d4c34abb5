/** Tests against the real programs and files. */
@NullMarked
package io.weir.launcher.part;

import org.jspecify.annotations.NullMarked;
