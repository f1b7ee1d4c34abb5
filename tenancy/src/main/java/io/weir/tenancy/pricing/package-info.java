/** What a model's tokens cost, and since when. Pure. */
@NullMarked
package io.weir.tenancy.pricing;

import org.jspecify.annotations.NullMarked;
