package io.weir.gateway.admin;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.security.BearerMechanism;
import io.weir.router.ModelId;
import io.weir.router.Money;
import io.weir.router.TokenPrice;
import io.weir.tenancy.pricing.NewPrice;
import io.weir.tenancy.pricing.Price;
import io.weir.tenancy.pricing.PriceBook;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code /admin/v1/prices}: adds to the price book. Prices are never changed: a new one takes effect at its time. */
@Path("/admin/v1/prices")
@Produces("application/json")
@RolesAllowed(BearerMechanism.PLATFORM_ADMIN)
@RunOnVirtualThread
public class PricesResource {

    private final AdminJson json = new AdminJson();
    private final PriceBook prices;
    private final Clock clock;

    PricesResource(PriceBook prices, Clock clock) {
        this.prices = prices;
        this.clock = clock;
    }

    /** Decimal strings of US dollars per 1,000,000 tokens. Cached tokens cost as much as fresh ones where no price of their own is given. */
    record AskedPrice(
            @Nullable String model,
            @Nullable String currency,
            @Nullable String inputPerMillion,
            @Nullable String outputPerMillion,
            @Nullable String cacheReadPerMillion,
            @Nullable String cacheWritePerMillion,
            @Nullable Instant effectiveFrom,
            @Nullable String source) {}

    record PriceView(
            long version,
            String model,
            String currency,
            long inputNanosPerMillion,
            long cacheReadNanosPerMillion,
            long cacheWriteNanosPerMillion,
            long outputNanosPerMillion,
            Instant effectiveFrom,
            String source) {}

    @POST
    public Response add(byte[] body) {
        AskedPrice asked = json.read(body, AskedPrice.class);
        if (!Money.CURRENCY.equals(asked.currency())) {
            throw AdminJson.invalid("invalid_value", "currency", "The field is \"USD\".");
        }
        String input = asked.inputPerMillion();
        TokenPrice price = new TokenPrice(
                Fields.price(input, "inputPerMillion"),
                Fields.price(Objects.requireNonNullElse(asked.cacheReadPerMillion(), input), "cacheReadPerMillion"),
                Fields.price(Objects.requireNonNullElse(asked.cacheWritePerMillion(), input), "cacheWritePerMillion"),
                Fields.price(asked.outputPerMillion(), "outputPerMillion"));
        NewPrice terms = new NewPrice(
                new ModelId(Fields.text(asked.model(), "model")),
                price,
                Objects.requireNonNullElseGet(asked.effectiveFrom(), clock::instant),
                Fields.text(asked.source(), "source"),
                null);
        return Response.status(201).entity(view(prices.add(List.of(terms)).getFirst())).build();
    }

    private static PriceView view(Price price) {
        NewPrice terms = price.terms();
        return new PriceView(
                price.version(),
                terms.model().value(),
                Money.CURRENCY,
                terms.price().inputFresh(),
                terms.price().cacheRead(),
                terms.price().cacheWrite(),
                terms.price().output(),
                terms.effectiveFrom(),
                terms.source());
    }
}
