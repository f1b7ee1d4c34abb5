/** What every other package of the launcher stands on: the machine, private files, words for the person at the terminal. */
@NullMarked
package io.weir.launcher.base;

import org.jspecify.annotations.NullMarked;
