/** Tests of the verbs, the whole launcher as a process included. */
@NullMarked
package io.weir.launcher;

import org.jspecify.annotations.NullMarked;
