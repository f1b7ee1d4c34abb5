/** Process settings: URLs, ports, secrets by file, the price book's file. */
@NullMarked
package io.weir.gateway.config;

import org.jspecify.annotations.NullMarked;
