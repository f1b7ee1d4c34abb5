package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Admin.Limits;
import io.weir.blackbox.rig.OnPremRig;
import io.weir.blackbox.rig.Rigs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official Java SDK, unchanged: nothing but its base URL and key are set. */
@ExtendWith(Rigs.class)
class SdkTest {

    private final OnPremRig rig;
    private final Admin.Made tenant;

    SdkTest(OnPremRig rig) {
        this.rig = rig;
        this.tenant = rig.weir().admin().tenant("sdk");
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder().baseUrl(rig.weir().endpoint() + "/v1").apiKey(key).build();
    }

    private static ChatCompletionCreateParams.Builder ask() {
        return ChatCompletionCreateParams.builder().model("auto").maxCompletionTokens(64).addUserMessage("What is the capital of France?");
    }

    @Test
    void aPlainAnswer() {
        // Given
        OpenAIClient client = client(tenant.caller().key());

        // When
        ChatCompletion completion = client.chat().completions().create(ask().build());

        // Then
        assertThat(completion.choices().getFirst().message().content()).hasValueSatisfying(text -> assertThat(text).contains("Paris"));
        assertThat(completion.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.model()).isEqualTo(OnPremRig.MODEL);
        assertThat(completion.usage()).hasValueSatisfying(usage -> assertThat(usage.totalTokens()).isPositive());
        completion.validate();
        client.close();
    }

    @Test
    void aStreamWithUsage() {
        // Given
        OpenAIClient client = client(tenant.caller().key());
        ChatCompletionCreateParams params =
                ask().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();

        // When
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(params)) {
            chunks = stream.stream().toList();
        }

        // Then
        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append)));
        assertThat(text.toString()).contains("Paris");
        assertThat(chunks.getLast().usage()).hasValueSatisfying(usage -> assertThat(usage.completionTokens()).isPositive());
        chunks.forEach(ChatCompletionChunk::validate);
        client.close();
    }

    @Test
    void theModels() {
        // Given
        OpenAIClient client = client(tenant.caller().key());

        // When
        List<Model> models = client.models().list().data();

        // Then
        assertThat(models).extracting(Model::id).containsExactlyInAnyOrder("auto", OnPremRig.MODEL);
        models.forEach(Model::validate);
        client.close();
    }

    @Test
    void refusalsAreTheSdksOwnExceptions() {
        // Given
        OpenAIClient client = client(tenant.caller().key());
        OpenAIClient stranger = client("weir_sk_nobody");
        Admin.Made poor = rig.weir().admin().tenant("sdk-poor", Limits.budget(0));
        OpenAIClient poors = client(poor.caller().key());

        // Then
        assertThatThrownBy(() -> client.chat().completions().create(ask().n(2).build()))
                .isInstanceOfSatisfying(BadRequestException.class, refused -> {
                    assertThat(refused.code()).hasValue("unsupported_parameter");
                    assertThat(refused.param()).hasValue("n");
                });
        assertThatThrownBy(() -> stranger.chat().completions().create(ask().build()))
                .isInstanceOfSatisfying(UnauthorizedException.class, refused -> assertThat(refused.code()).hasValue("invalid_api_key"));
        assertThatThrownBy(() -> client.chat().completions().create(ask().model("gpt-99").build()))
                .isInstanceOfSatisfying(NotFoundException.class, refused -> assertThat(refused.code()).hasValue("model_not_found"));
        assertThatThrownBy(() -> poors.chat().completions().create(ask().build()))
                .isInstanceOfSatisfying(RateLimitException.class, refused -> assertThat(refused.code()).hasValue("insufficient_quota"));
        client.close();
        stranger.close();
        poors.close();
    }
}
