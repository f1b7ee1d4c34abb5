/** Tests against the real programs and files. */
@NullMarked
package io.weir.launcher.data;

import org.jspecify.annotations.NullMarked;
