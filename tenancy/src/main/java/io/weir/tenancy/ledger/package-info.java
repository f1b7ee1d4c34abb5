/** What was spent: entries, receipts and reports over the append-only ledger. Pure. */
@NullMarked
package io.weir.tenancy.ledger;

import org.jspecify.annotations.NullMarked;
