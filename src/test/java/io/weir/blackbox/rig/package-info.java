/** What the suite stands on: the running product, its callers and admin, an engine by script, and eyes on the ledger and the counters. */
@NullMarked
package io.weir.blackbox.rig;

import org.jspecify.annotations.NullMarked;
