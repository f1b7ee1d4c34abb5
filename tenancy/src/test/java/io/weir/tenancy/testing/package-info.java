/** What tenancy's tests share: a real PostgreSQL, a clock that is set by hand, tasks on virtual threads. */
@NullMarked
package io.weir.tenancy.testing;

import org.jspecify.annotations.NullMarked;
