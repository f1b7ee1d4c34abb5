/** One chat request, stage by stage, from raw bytes to a recorded outcome. No framework. */
@NullMarked
package io.weir.gateway.pipeline;

import org.jspecify.annotations.NullMarked;
