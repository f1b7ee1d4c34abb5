/** The platform admin's API: tenants, keys, limits, prices, usage. */
@NullMarked
package io.weir.gateway.admin;

import org.jspecify.annotations.NullMarked;
