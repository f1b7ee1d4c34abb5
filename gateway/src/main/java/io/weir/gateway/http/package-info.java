/** The edge: resources of the API, bodies in, server-sent events out, errors in the dialect of the API called. */
@NullMarked
package io.weir.gateway.http;

import org.jspecify.annotations.NullMarked;
