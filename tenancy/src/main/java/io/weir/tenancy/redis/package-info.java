/** The admission store on Redis. The only package that knows Lettuce; each script is a resource file of its own. */
@NullMarked
package io.weir.tenancy.redis;

import org.jspecify.annotations.NullMarked;
