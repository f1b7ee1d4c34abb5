package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.ModelLimits;
import io.weir.router.score.Residency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an id tells of a model. */
class BedrockModelsTest {

    private final BedrockModels models = new BedrockModels();

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-3-haiku-20240307-v1:0,REGION,200000,4096",
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0,GEOGRAPHY,200000,64000",
        "apac.amazon.nova-lite-v1:0,GEOGRAPHY,300000,5000",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0,GEOGRAPHY,300000,5000",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0,REGION,200000,4096",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdef123456,REGION,8000,2048",
        "newvendor.newmodel-v1:0,REGION,8000,2048"
    })
    void residency_and_limits_follow_from_the_id(String id, Residency residency, int context, int output) {
        // When
        BedrockModel model = models.of(id);
        // Then
        assertThat(model.id().value()).isEqualTo(id);
        assertThat(model.residency()).isEqualTo(residency);
        assertThat(model.limits()).isEqualTo(new ModelLimits(context, output));
    }

    @ParameterizedTest
    @ValueSource(strings = {"global.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1"})
    void id_that_may_travel_anywhere_is_refused(String id) {
        assertThatThrownBy(() -> models.of(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longest_prefix_counts() {
        assertThat(models.of("anthropic.claude-3-5-sonnet-20241022-v2:0").limits()).isEqualTo(new ModelLimits(200_000, 8_192));
    }
}
