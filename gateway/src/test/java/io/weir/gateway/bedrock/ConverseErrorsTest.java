package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.bedrock.ConverseErrors.Progress;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** What failures mean that the simulator cannot show; the others stand in {@code BedrockEngineTest}. */
class ConverseErrorsTest {

    @Test
    void nothing_is_spent_where_no_connection_was_made() {
        for (Exception never : new Exception[] {new ConnectException("refused"), new UnknownHostException("x"), new SSLHandshakeException("x"),
            new TimeoutException("Acquire operation took longer then configured maximum time"),
            new IllegalStateException("Too many outstanding acquire operations")}) {
            assertThat(broken(client(new Throwable("decorated", never)), Progress.SENT)).isEqualTo(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
            assertThat(broken(client(never), Progress.ANSWERING).spent()).isEqualTo(Spent.UNKNOWN);
        }
    }

    @Test
    void look_alikes_of_a_full_pool_prove_nothing() {
        assertThat(broken(client(new TimeoutException("something else")), Progress.SENT)).isEqualTo(new Broken(BreakCause.MALFORMED, Spent.UNKNOWN));
        assertThat(broken(client(new IllegalStateException("something else")), Progress.SENT).spent()).isEqualTo(Spent.UNKNOWN);
        assertThat(broken(client(new IOException("reset")), Progress.SENT)).isEqualTo(new Broken(BreakCause.CUT, Spent.UNKNOWN));
    }

    @Test
    void failure_before_transmission_is_ours_and_free() {
        assertThat(broken(client(null), Progress.NOT_SENT)).isEqualTo(new Broken(BreakCause.DENIED, Spent.NOTHING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Input is too long for requested model.", "prompt is too long: 200001 tokens > 200000 maximum",
        "Too many input tokens. Max input tokens: 128000", "input length and `max_tokens` exceed context limit: 1 + 2 > 3"})
    void validation_about_the_context_window_is_told_apart(String message) {
        // Given
        var error = ValidationException.builder().statusCode(400).awsErrorDetails(details("ValidationException", message)).build();
        // When
        Broken broken = broken(error, Progress.SENT);
        // Then
        assertThat(broken).isEqualTo(new Broken(BreakCause.CONTEXT_EXCEEDED, Spent.NOTHING));
    }

    @Test
    void other_validation_is_invalid() {
        var error = ValidationException.builder().statusCode(400).awsErrorDetails(details("ValidationException", "temperature out of range")).build();
        assertThat(broken(error, Progress.SENT)).isEqualTo(new Broken(BreakCause.INVALID, Spent.NOTHING));
    }

    @Test
    void retry_after_is_taken_in_seconds_and_else_left_out() {
        // Given
        var error = throttled("7");
        // When
        Broken broken = broken(new CompletionException(error), Progress.SENT);
        // Then
        assertThat(broken).isEqualTo(new Broken(BreakCause.THROTTLED, Spent.NOTHING, Duration.ofSeconds(7)));
        assertThat(broken(throttled("Wed, 21 Oct 2026 07:28:00 GMT"), Progress.SENT).retryAfter()).isNull();
    }

    @Test
    void error_page_of_something_in_between_proves_nothing() {
        var page = BedrockRuntimeException.builder().statusCode(429).awsErrorDetails(AwsErrorDetails.builder().build()).build();
        var unknown = BedrockRuntimeException.builder().statusCode(403).awsErrorDetails(details("SomethingNewException", "x")).build();
        assertThat(broken(page, Progress.SENT)).isEqualTo(new Broken(BreakCause.THROTTLED, Spent.UNKNOWN));
        assertThat(broken(unknown, Progress.SENT)).isEqualTo(new Broken(BreakCause.DENIED, Spent.NOTHING));
    }

    @Test
    void code_for_the_log_cannot_forge_a_line() {
        var forged = BedrockRuntimeException.builder().statusCode(400).awsErrorDetails(details("Bad\r\nline: " + "x".repeat(100), "secret")).build();
        assertThat(ConverseErrors.code(forged)).startsWith("Bad__line__xxx").hasSize(64);
        assertThat(ConverseErrors.code(client(null))).isEqualTo("SdkClientException");
    }

    private static ThrottlingException throttled(String retryAfter) {
        AwsErrorDetails details = details("ThrottlingException", "x").toBuilder()
                .sdkHttpResponse(SdkHttpResponse.builder().statusCode(429).putHeader("Retry-After", retryAfter).build()).build();
        return (ThrottlingException) ThrottlingException.builder().statusCode(429).awsErrorDetails(details).build();
    }

    private static AwsErrorDetails details(String code, String message) {
        return AwsErrorDetails.builder().errorCode(code).errorMessage(message).build();
    }

    private static SdkClientException client(Throwable cause) {
        return SdkClientException.builder().message("Unable to execute HTTP request").cause(cause).build();
    }

    private static Broken broken(Throwable failure, Progress progress) {
        return ConverseErrors.broken(failure, progress);
    }
}
