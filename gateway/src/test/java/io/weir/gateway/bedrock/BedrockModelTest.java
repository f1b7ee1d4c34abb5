package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.Candidate;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.ModelLimits.Wish;
import io.weir.router.ServedModel;
import io.weir.router.score.Residency;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an id tells of how far requests travel. */
class BedrockModelTest {

    private static final ModelLimits LIMITS = new ModelLimits(1000, 100);

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-3-haiku-20240307-v1:0,ACCOUNT,REGION",
        "zai.glm-4.6,ACCOUNT,REGION",
        "newvendor.newmodel-v1:0,ACCOUNT,REGION",
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0,REGION,GEOGRAPHY",
        "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0,REGION,GEOGRAPHY",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0,REGION,GEOGRAPHY",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0,ACCOUNT,REGION",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdef123456,PREMISES,ACCOUNT"
    })
    void residency_may_not_claim_less_than_the_id_says(String id, Residency tooNear, Residency least) {
        // Given
        ModelId model = new ModelId(id);
        // When / Then
        assertThatThrownBy(() -> new BedrockModel(model, LIMITS, tooNear)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(least.name());
        assertThat(new BedrockModel(model, LIMITS, least).residency()).isEqualTo(least);
        assertThat(new BedrockModel(model, LIMITS, Residency.GEOGRAPHY).residency()).isEqualTo(Residency.GEOGRAPHY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"global.anthropic.claude-sonnet-4-20250514-v1:0", "moon.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1"})
    void id_that_may_travel_anywhere_is_refused(String id) {
        assertThatThrownBy(() -> new BedrockModel(new ModelId(id), LIMITS, Residency.GEOGRAPHY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void model_is_served_as_it_is_listed() {
        // Given
        ModelId id = new ModelId("amazon.nova-lite-v1:0");
        // When
        ServedModel served = new BedrockModel(id, LIMITS, Residency.REGION).served();
        // Then
        ModelLimits honoured = new ModelLimits(LIMITS.contextWindow(), LIMITS.maxOutputTokens(), Set.of(Wish.SEED, Wish.TEMPERATURE_ABOVE_ONE));
        assertThat(served).isEqualTo(new ServedModel(id, honoured, Residency.REGION, Candidate.Health.UP));
    }
}
