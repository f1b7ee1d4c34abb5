package io.weir.router;

/**
 * A price as the price book holds it. The ledger stores the version, so that a later change of prices alters nothing that was booked.
 *
 * @param version the price book's number of this price
 * @param price per token class
 */
public record PriceVersion(long version, TokenPrice price) {}
