/** Who calls, for whom, within what limits. Pure: JDK, jspecify and the router's types only. */
@NullMarked
package io.weir.tenancy;

import org.jspecify.annotations.NullMarked;
