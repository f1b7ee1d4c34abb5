/** How hard is a request, and how far may it travel? Complexity with its evidence, sensitivity, residency. */
@NullMarked
package io.weir.router.score;

import org.jspecify.annotations.NullMarked;
