/** What an engine answers: events, usage, why it ended. */
@NullMarked
package io.weir.router.stream;

import org.jspecify.annotations.NullMarked;
