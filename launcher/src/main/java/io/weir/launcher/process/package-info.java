/** Child processes: started in the foreground, supervised, stopped in order, recognised again after a crash of the launcher. */
@NullMarked
package io.weir.launcher.process;

import org.jspecify.annotations.NullMarked;
