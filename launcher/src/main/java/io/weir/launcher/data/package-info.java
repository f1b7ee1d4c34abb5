/** The data folder of one Weir on this machine: its layout, its permissions, its lock and its secrets. */
@NullMarked
package io.weir.launcher.data;

import org.jspecify.annotations.NullMarked;
