/** Tests of the embedded engine against llama.cpp's recorded answers, the two kernel sets against each other, and the server over real sockets. */
@NullMarked
package io.weir.engine.moe;

import org.jspecify.annotations.NullMarked;
