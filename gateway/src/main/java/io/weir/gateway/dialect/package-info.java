/** The wire forms of Weir's API, one class a form: bytes in, canonical types out, and back. JDK and Jackson's streaming core only. */
@NullMarked
package io.weir.gateway.dialect;

import org.jspecify.annotations.NullMarked;
