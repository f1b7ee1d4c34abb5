package io.weir.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.Route;
import io.weir.router.TokenPrice;
import io.weir.router.score.Residency;
import io.weir.tenancy.pricing.NewPrice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookFileTest {

    private static final String FILE = """
            currency: USD
            models:
              - model: "amazon.nova-lite-v1:0"
                route: bedrock
                residency: region
                contextWindow: 300000
                maxOutputTokens: 5000
                prices:
                  - effectiveFrom: "2026-01-01T00:00:00Z"
                    input: "0.06"
                    cacheRead: "0.015"
                    cacheWrite: "0.000000001"
                    output: "0.24"
                    source: "a page"
                    sourceDate: "2026-10-05"
                  - effectiveFrom: "2026-06-01T00:00:00Z"
                    input: "0.07"
                    output: "3"
                    source: "a letter"
                    sourceDate: "2026-10-06"
              - model: weir-small-moe
                route: on-prem
                residency: premises
                contextWindow: 4096
                maxOutputTokens: 2048
                prices:
                  - effectiveFrom: "2026-01-01T00:00:00Z"
                    input: "0"
                    output: "0"
                    source: "a decision"
                    sourceDate: "2026-10-05"
            """;

    @Test
    void readsEveryPriceExactlyInNanoDollars() {
        // When
        PriceBookFile file = PriceBookFile.parse("book.yaml", FILE);

        // Then
        ModelId nova = new ModelId("amazon.nova-lite-v1:0");
        assertThat(file.prices()).containsExactly(
                new NewPrice(
                        nova,
                        new TokenPrice(60_000_000, 15_000_000, 1, 240_000_000),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "a page",
                        LocalDate.parse("2026-10-05")),
                new NewPrice(
                        nova,
                        new TokenPrice(70_000_000, 70_000_000, 70_000_000, 3_000_000_000L),
                        Instant.parse("2026-06-01T00:00:00Z"),
                        "a letter",
                        LocalDate.parse("2026-10-06")),
                new NewPrice(
                        new ModelId("weir-small-moe"),
                        new TokenPrice(0, 0, 0, 0),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "a decision",
                        LocalDate.parse("2026-10-05")));
    }

    @Test
    void readsWhatEachModelIs() {
        // When
        PriceBookFile file = PriceBookFile.parse("book.yaml", FILE);

        // Then
        assertThat(file.models()).containsOnlyKeys(new ModelId("amazon.nova-lite-v1:0"), new ModelId("weir-small-moe"));
        assertThat(file.models().get(new ModelId("amazon.nova-lite-v1:0")))
                .isEqualTo(new PriceBookFile.Listed(Route.BEDROCK, Residency.REGION, new ModelLimits(300_000, 5_000)));
        assertThat(file.models().get(new ModelId("weir-small-moe")))
                .isEqualTo(new PriceBookFile.Listed(Route.ON_PREM, Residency.PREMISES, new ModelLimits(4_096, 2_048)));
    }

    /** One change to the file above, and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock = """
                    currency: USD                   | currency: EUR                   | book.yaml: 'currency' is not USD
                    currency: USD                   | sauce: USD                      | book.yaml: 'sauce' is not a field of the price book
                    cacheRead: "0.015"              | cacheReads: "0.015"             | book.yaml, models 1 (amazon.nova-lite-v1:0), prices 1 (2026-01-01T00:00:00Z): 'cacheReads' is not a field
                    cacheRead: "0.015"              | input: "0.05"                   | book.yaml: not a YAML document as expected: while constructing
                    cacheRead: "0.015"              | cacheRead: 0.015                | prices 1 (2026-01-01T00:00:00Z): 'cacheRead' is not text: put it into quotes
                    cacheRead: "0.015"              | cacheRead: "0.0150000001"       | 'cacheRead' is not a decimal of at most nine digits
                    cacheRead: "0.015"              | cacheRead: "-0.015"             | 'cacheRead' is not a decimal of at most nine digits
                    cacheRead: "0.015"              | cacheRead: "1e-2"               | 'cacheRead' is not a decimal of at most nine digits
                    cacheRead: "0.015"              | cacheRead:                      | 'cacheRead' is missing
                    input: "0.07"                   | cacheRead: "0.07"               | prices 2 (2026-06-01T00:00:00Z): 'input' is missing
                    output: "3"                     | cacheRead: "3"                  | prices 2 (2026-06-01T00:00:00Z): 'output' is missing
                    source: "a letter"              | source: " "                     | prices 2 (2026-06-01T00:00:00Z): 'source' is empty
                    source: "a letter"              | cacheRead: "1"                  | prices 2 (2026-06-01T00:00:00Z): 'source' is missing
                    sourceDate: "2026-10-06"        | sourceDate: 2026-10-06          | 'sourceDate' is not text: put it into quotes
                    sourceDate: "2026-10-06"        | sourceDate: "6.10.2026"         | 'sourceDate' is not a date
                    effectiveFrom: "2026-06-01T00:00:00Z" | effectiveFrom: "2026-01-01T00:00:00Z" | 'effectiveFrom' is another price's as well
                    effectiveFrom: "2026-06-01T00:00:00Z" | effectiveFrom: "2026-06-01" | 'effectiveFrom' is not a time
                    model: weir-small-moe           | model: "amazon.nova-lite-v1:0"  | models 2 (amazon.nova-lite-v1:0): 'model' stands in the file already
                    model: weir-small-moe           | model: 7                        | models 2 (7): 'model' is not text
                    route: on-prem                  | route: onprem                   | models 2 (weir-small-moe): 'route' is neither
                    residency: premises             | residency: planet               | models 2 (weir-small-moe): 'residency' is none of
                    contextWindow: 4096             | contextWindow: 0                | models 2 (weir-small-moe): 'contextWindow' is not a whole number above 0
                    maxOutputTokens: 2048           | maxOutputTokens: "2048"         | models 2 (weir-small-moe): 'maxOutputTokens' is not a whole number above 0
                    """)
    void saysWhatIsWrongAndWhere(String there, String instead, String said) {
        // Given
        assertThat(FILE).contains(there);
        String changed = FILE.replace(there, instead);

        // When / Then
        assertThatThrownBy(() -> PriceBookFile.parse("book.yaml", changed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void aDocumentThatIsNoPriceBookIsRefused() {
        // When / Then
        assertThatThrownBy(() -> PriceBookFile.parse("book.yaml", "")).hasMessage("book.yaml: fields are expected here");
        assertThatThrownBy(() -> PriceBookFile.parse("book.yaml", "currency: USD\nmodels: []"))
                .hasMessage("book.yaml: 'models' is not a list of at least one entry");
        assertThatThrownBy(() -> PriceBookFile.parse("book.yaml", "currency: !!java.net.URL [\"http://127.0.0.1/\"]"))
                .hasMessageContaining("book.yaml: not a YAML document as expected");
    }

    @Test
    void aFileBeyondTheLimitIsRefused(@TempDir Path folder) throws IOException {
        // Given
        Path file = folder.resolve("book.yaml");
        Files.writeString(file, FILE + "#".repeat(PriceBookFile.MAX_BYTES));

        // When / Then
        assertThatThrownBy(() -> PriceBookFile.read(file)).hasMessage("book.yaml: larger than 1048576 bytes");
    }

    @Test
    void thePriceBookWeShipIsReadAndPricesNothingAtNothing() {
        // Given
        Path shipped = Path.of("..", "deploy", "pricebook.yaml");

        // When
        PriceBookFile file = PriceBookFile.read(shipped);

        // Then
        assertThat(file.models()).containsKeys(
                new ModelId("weir-small-moe"), new ModelId("weir-tiny-moe"), new ModelId("us.anthropic.claude-haiku-4-5-20251001-v1:0"));
        assertThat(file.prices()).allSatisfy(price -> {
            assertThat(price.price().inputFresh()).isPositive();
            assertThat(price.price().cacheRead()).isPositive();
            assertThat(price.price().cacheWrite()).isPositive();
            assertThat(price.price().output()).isPositive();
        });
        assertThat(file.models()).allSatisfy((model, listed) ->
                assertThat(listed.residency()).isEqualTo(expectedResidency(model, listed.route())));
    }

    private static Residency expectedResidency(ModelId model, Route route) {
        return switch (route) {
            case ON_PREM -> Residency.PREMISES;
            case BEDROCK -> model.value().startsWith("us.") || model.value().startsWith("eu.") ? Residency.GEOGRAPHY : Residency.REGION;
        };
    }
}
