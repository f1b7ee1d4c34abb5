package io.weir.gateway.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weir.blackbox.bedrock.AccessKey;
import io.weir.blackbox.bedrock.BedrockSimulator;
import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.EngineStream;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;

/** The client as the SDK's own chain configures it, and what happens where no connection is to be had. */
class BedrockClientsTest {

    private static final BedrockConnections ONE =
            new BedrockConnections(1, 1, Duration.ofSeconds(1), Duration.ofMillis(300), BedrockConnections.Protocol.BY_ENDPOINT);

    private final BedrockSimulator simulator = BedrockSimulator.start();
    private final AwsChain chain = AwsChain.to(simulator);

    @AfterEach
    void stop() {
        chain.close();
        simulator.close();
    }

    @Test
    void temporary_credentials_of_the_chain_are_sent_and_signed() {
        // Given
        AccessKey key = AccessKey.temporary("ASIATEST", "secret/test", "token//test==", Instant.MAX);
        var account = new BedrockSimulator.Account("eu-central-1", List.of(key), Set.of(), Clock.systemUTC());
        try (BedrockSimulator other = BedrockSimulator.start(account);
                AwsChain otherChain = AwsChain.to(other);
                BedrockEngine engine = otherChain.engine(ONE)) {
            // When
            StreamEvent first = first(engine);
            // Then
            assertThat(first).isInstanceOf(StreamEvent.Delta.class);
            assertThat(other.lastRequest().header("x-amz-security-token")).contains("token//test==");
        }
    }

    @Test
    void wrong_secret_is_denied_and_free() {
        // Given
        chain.set("aws.secretAccessKey", "another");
        try (BedrockEngine engine = chain.engine(ONE)) {
            // When
            StreamEvent first = first(engine);
            // Then
            assertThat(first).isEqualTo(new Broken(BreakCause.DENIED, Spent.NOTHING));
            assertThat(simulator.lastRequest().refusedStatus()).isEqualTo(403);
        }
    }

    @Test
    void no_credentials_are_denied_and_never_sent(@TempDir Path empty) {
        // Given
        chain.set("aws.accessKeyId", " ").set("aws.secretAccessKey", " ").set("aws.disableEc2Metadata", "true")
                .set("aws.sharedCredentialsFile", empty.resolve("none").toString()).set("aws.configFile", empty.resolve("none").toString());
        try (BedrockEngine engine = chain.engine(ONE)) {
            // When
            StreamEvent first = first(engine);
            // Then
            assertThat(first).isEqualTo(new Broken(BreakCause.DENIED, Spent.NOTHING));
            assertThat(simulator.attempts()).isZero();
        }
    }

    @Test
    void no_region_is_said_at_start(@TempDir Path empty) {
        // Given
        chain.set("aws.region", " ").set("aws.disableEc2Metadata", "true").set("aws.configFile", empty.resolve("none").toString());
        // When / Then
        assertThatThrownBy(() -> BedrockClients.create(ONE).close()).isInstanceOf(SdkClientException.class).hasMessageContaining("region");
    }

    @Test
    void closed_port_is_unreachable_and_free() {
        // Given
        simulator.close();
        try (BedrockEngine engine = chain.engine(ONE)) {
            // When
            StreamEvent first = first(engine);
            // Then
            assertThat(first).isEqualTo(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
        }
    }

    @Test
    void full_pool_is_unreachable_and_free_for_those_who_wait_and_those_who_may_not() {
        // Given
        simulator.gate().hold();
        try (BedrockEngine engine = chain.engine(ONE); EngineStream holder = open(engine)) {
            await().until(() -> simulator.gate().waiting() == 1);
            // When
            EngineStream waits = open(engine);
            EngineStream tooMany = open(engine);
            // Then
            assertThat(tooMany.next(soon())).isEqualTo(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
            assertThat(waits.next(soon())).isEqualTo(new Broken(BreakCause.UNREACHABLE, Spent.NOTHING));
            simulator.gate().release();
            assertThat(holder.next(soon())).isInstanceOf(StreamEvent.Delta.class);
            assertThat(simulator.attempts()).isEqualTo(1);
        }
    }

    private static StreamEvent first(BedrockEngine engine) {
        try (EngineStream stream = open(engine)) {
            return stream.next(soon());
        }
    }

    private static EngineStream open(BedrockEngine engine) {
        return engine.open(Calls.stream("hi"), Calls.permit(), new CancelToken());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20), System::nanoTime);
    }
}
