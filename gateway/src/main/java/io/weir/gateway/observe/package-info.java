/** Metrics and the log line of each request: labels and numbers, never content. */
@NullMarked
package io.weir.gateway.observe;

import org.jspecify.annotations.NullMarked;
