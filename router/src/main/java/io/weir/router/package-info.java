/** Which engine should answer this request? Ids, money, candidates, the decision and the {@code Engine} port. Pure: JDK and jspecify only. */
@NullMarked
package io.weir.router;

import org.jspecify.annotations.NullMarked;
