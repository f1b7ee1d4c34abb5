package io.weir.gateway.pipeline;

import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import io.weir.router.TokenPrice;
import io.weir.tenancy.pricing.NewPrice;
import io.weir.tenancy.pricing.Price;
import io.weir.tenancy.pricing.PriceBook;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Every model costs the same. */
final class OnePrice implements PriceBook {

    private final TokenPrice price;

    OnePrice(TokenPrice price) {
        this.price = price;
    }

    @Override
    public Optional<PriceVersion> at(ModelId model, Instant at) {
        return Optional.of(new PriceVersion(1, price));
    }

    @Override
    public List<Price> all() {
        return List.of();
    }

    @Override
    public List<Price> add(List<NewPrice> prices) {
        throw new AssertionError("the pipeline adds no price");
    }
}
