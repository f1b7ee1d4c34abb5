/** The canonical chat request: what every dialect is translated into before anything is decided. */
@NullMarked
package io.weir.router.chat;

import org.jspecify.annotations.NullMarked;
