package io.weir.tenancy.pricing;

import java.time.Instant;

/**
 * A price as stored: immutable.
 *
 * @param version its number, stored in every ledger entry it priced
 * @param terms what it says
 * @param createdAt when it was added
 */
public record Price(long version, NewPrice terms, Instant createdAt) {}
