package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.OnPremRig;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A price takes effect at its time and for what comes after: what is booked stays as it is. */
@ExtendWith(Rigs.class)
class PriceTest {

    private static final Chat CHAT = Chat.ask("What is the capital of France?").maxTokens(64);

    private final Admin admin;
    private final Admin.Made tenant;

    PriceTest(OnPremRig rig) {
        this.admin = rig.weir().admin();
        this.tenant = admin.tenant("priced");
    }

    private static String price(String input, String output, String more) {
        return "{\"model\":\"" + OnPremRig.MODEL + "\",\"currency\":\"USD\",\"inputPerMillion\":\"" + input + "\",\"outputPerMillion\":\"" + output
                + "\",\"source\":\"test\"" + more + "}";
    }

    @Test
    void aNewPriceHoldsForLaterRequestsAlone() {
        // Given
        Reply before = tenant.caller().chat(CHAT);
        JsonNode earlier = tenant.caller().settled(before.requestId());
        long version = earlier.path("attempts").path(0).path("priceVersion").asLong();

        // When
        Reply added = admin.send("POST", "/admin/v1/prices", price("1000", "2000", ""));
        await().atMost(Duration.ofSeconds(10)).until(() -> version() != version);
        JsonNode later = tenant.caller().settled(tenant.caller().chat(CHAT).requestId());

        // Then
        assertThat(added.status()).as(added.toString()).isEqualTo(201);
        JsonNode usage = later.path("usage");
        assertThat(usage).isEqualTo(earlier.path("usage"));
        assertThat(later.path("costNanos").asLong())
                .isEqualTo(1_000_000 * usage.path("inputFresh").asLong() + 2_000_000 * usage.path("output").asLong())
                .isNotEqualTo(earlier.path("costNanos").asLong());
        assertThat(tenant.caller().receipt(before.requestId()).json().path("costNanos")).isEqualTo(earlier.path("costNanos"));
    }

    @Test
    void aPriceOfTheFutureDoesNotHoldYet() {
        // Given
        long version = version();
        assertThat(version).isPositive();

        // When
        Reply added = admin.send("POST", "/admin/v1/prices", price("7", "7", ",\"effectiveFrom\":\"" + Instant.now().plusSeconds(86_400) + "\""));
        Reply present = admin.send("POST", "/admin/v1/prices", price("0.05", "0.2", ""));

        // Then
        assertThat(added.status()).isEqualTo(201);
        assertThat(present.status()).isEqualTo(201);
        await().atMost(Duration.ofSeconds(10)).until(() -> version() != version);
        assertThat(version()).isEqualTo(present.json().path("version").asLong());
    }

    private long version() {
        return tenant.caller().explain(CHAT).json().path("offers").path(0).path("priceVersion").asLong();
    }

    @Test
    void aPriceThatIsNoneIsRefused() {
        Schemas.checkError(admin.send("POST", "/admin/v1/prices", price("-1", "2", "")), 400, "invalid_value");
        Schemas.checkError(admin.send("POST", "/admin/v1/prices", price("1", "2", "").replace("USD", "EUR")), 400, "invalid_value");
        Schemas.checkError(admin.send("POST", "/admin/v1/prices", price("1", "0.0000000001", "")), 400, "invalid_value");
        Schemas.checkError(admin.send("POST", "/admin/v1/prices", price("1", "2", ",\"discount\":1")), 400, "unknown_parameter");
    }
}
