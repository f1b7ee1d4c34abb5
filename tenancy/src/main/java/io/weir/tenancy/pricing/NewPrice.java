package io.weir.tenancy.pricing;

import io.weir.router.ModelId;
import io.weir.router.TokenPrice;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A price to be added.
 *
 * @param model whose
 * @param price per token class, nano-dollars per 1,000,000 tokens
 * @param effectiveFrom from when on it holds
 * @param source where the figure comes from
 * @param sourceDate when it was read there, or null
 */
public record NewPrice(ModelId model, TokenPrice price, Instant effectiveFrom, String source, @Nullable LocalDate sourceDate) {}
