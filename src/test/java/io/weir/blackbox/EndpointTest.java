package io.weir.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.LedgerView;
import io.weir.blackbox.rig.OnPremRig;
import io.weir.blackbox.rig.RedisView;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.Streamed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a team gets from the endpoint of a fresh clone: real tokens of the embedded engine, OpenAI's form, and the books to it. */
@ExtendWith(Rigs.class)
class EndpointTest {

    private static final Chat FRANCE = Chat.ask("What is the capital of France?").maxTokens(64);
    private static final Chat PRODUCT = Chat.ask("What is 17 * 23?").maxTokens(128);

    private final OnPremRig rig;
    private final Admin.Made tenant;
    private final Caller caller;

    EndpointTest(OnPremRig rig) {
        this.rig = rig;
        this.tenant = rig.weir().admin().tenant("endpoint");
        this.caller = tenant.caller();
    }

    @Test
    void aPlainAnswerIsOpenAisAndSaysWhatWeirDid() {
        // When
        Reply reply = caller.chat(FRANCE);

        // Then
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        JsonNode json = reply.json();
        assertThat(reply.content()).contains("Paris");
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("id").asText()).isEqualTo("chatcmpl-" + reply.requestId());
        assertThat(json.path("model").asText()).isEqualTo(OnPremRig.MODEL);
        assertThat(json.path("choices").path(0).path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(reply.finishReason()).isEqualTo("stop");
        JsonNode usage = json.path("usage");
        assertThat(usage.path("prompt_tokens").asLong()).isPositive();
        assertThat(usage.path("completion_tokens").asLong()).isPositive();
        assertThat(usage.path("total_tokens").asLong())
                .isEqualTo(usage.path("prompt_tokens").asLong() + usage.path("completion_tokens").asLong());
        assertThat(reply.header("x-weir-route")).isEqualTo("on-prem");
        assertThat(reply.header("x-weir-model")).isEqualTo(OnPremRig.MODEL);
        assertThat(reply.header("x-weir-complexity")).isEqualTo("0");
        assertThat(reply.header("x-weir-sensitivity")).isEqualTo("internal");
        assertThat(reply.header("x-weir-ignored")).isEmpty();
    }

    @Test
    void aStreamSaysTheSameInPiecesAndEndsOnce() {
        // Given
        String whole = caller.chat(FRANCE).content();

        // When
        Streamed stream = caller.stream(FRANCE.streamed());

        // Then
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.header("content-type")).startsWith("text/event-stream");
        assertThat(stream.content()).isEqualTo(whole).contains("Paris");
        assertThat(stream.events().size()).as("real pieces, not one lump").isGreaterThan(3);
        assertThat(stream.isDone()).isTrue();
        assertThat(stream.finishReason()).isEqualTo("stop");
        assertThat(stream.events()).allSatisfy(event -> {
            assertThat(event.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(event.path("id").asText()).isEqualTo("chatcmpl-" + stream.requestId());
        });
        assertThat(stream.events().getFirst().path("choices").path(0).path("delta").path("role").asText()).isEqualTo("assistant");
        assertThat(stream.usage().path("completion_tokens").asLong()).isPositive();
    }

    @Test
    void usageIsHiddenInAStreamThatDidNotAskForItAndBookedAllTheSame() {
        // When
        Streamed stream = caller.stream(FRANCE.streamedWithoutUsage());

        // Then
        assertThat(stream.isDone()).isTrue();
        assertThat(stream.events()).allMatch(event -> !event.path("usage").isObject());
        assertThat(caller.settled(stream.requestId()).path("usage").path("output").asLong()).isPositive();
    }

    @Test
    void reasoningIsShownOnlyWhenAskedForAndAlwaysCounted() {
        // When
        Reply hidden = caller.chat(PRODUCT);
        Reply shown = caller.chat(PRODUCT.withJson("include_reasoning", "true"));
        Streamed hiddenStream = caller.stream(PRODUCT.streamed());
        Streamed shownStream = caller.stream(PRODUCT.withJson("include_reasoning", "true").streamed());

        // Then
        assertThat(hidden.content()).contains("391").isEqualTo(shown.content());
        assertThat(hidden.json().path("choices").path(0).path("message").has("reasoning_content")).isFalse();
        String thought = shown.json().path("choices").path(0).path("message").path("reasoning_content").asText();
        assertThat(thought).contains("340");
        assertThat(hiddenStream.reasoning()).isEmpty();
        assertThat(shownStream.reasoning()).isEqualTo(thought);
        assertThat(List.of(hidden.json().path("usage"), shown.json().path("usage"), hiddenStream.usage(), shownStream.usage()))
                .extracting(usage -> usage.path("completion_tokens_details").path("reasoning_tokens").asLong())
                .allMatch(count -> count > 5)
                .containsOnly(shownStream.usage().path("completion_tokens_details").path("reasoning_tokens").asLong());
        assertThat(caller.settled(hidden.requestId()).path("usage").path("reasoning").asLong())
                .isEqualTo(hidden.json().path("usage").path("completion_tokens_details").path("reasoning_tokens").asLong());
    }

    @Test
    void aStopStringEndsTheAnswerBeforeItself() {
        // Given
        String whole = caller.chat(FRANCE).content();
        String stop = whole.substring(whole.indexOf("Paris"), whole.indexOf("Paris") + 5);

        // When
        Reply stopped = caller.chat(FRANCE.with("stop", stop));

        // Then
        assertThat(stopped.content()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(stopped.finishReason()).isEqualTo("stop");
    }

    @Test
    void theSameSeedGivesTheSameAnswerAndOtherSeedsOthers() {
        // Given
        Chat warm = Chat.ask("Say something about Weir.").maxTokens(24).with("temperature", 1.8);
        Set<String> others = new HashSet<>();

        // When
        String first = caller.chat(warm.with("seed", 7)).content();
        String again = caller.chat(warm.with("seed", 7)).content();
        for (int seed = 8; seed < 14; seed++) {
            others.add(caller.chat(warm.with("seed", seed)).content());
        }

        // Then
        assertThat(again).isEqualTo(first);
        assertThat(others.size()).isGreaterThan(1);
    }

    @Test
    void maxTokensCutsTheAnswerAndSaysSo() {
        // When
        Reply cut = caller.chat(FRANCE.maxTokens(2));
        Reply whole = caller.chat(FRANCE.without("max_tokens").with("max_completion_tokens", 64));

        // Then
        assertThat(cut.finishReason()).isEqualTo("length");
        assertThat(cut.json().path("usage").path("completion_tokens").asLong()).isEqualTo(2);
        assertThat(whole.finishReason()).isEqualTo("stop");
    }

    @Test
    void streamedAndPlainTwinsCostTheSameToTheNano() {
        // When
        Reply plain = caller.chat(PRODUCT);
        Streamed stream = caller.stream(PRODUCT.streamed());

        // Then
        JsonNode plainReceipt = caller.settled(plain.requestId());
        JsonNode streamReceipt = caller.settled(stream.requestId());
        Schemas.check("request", plainReceipt);
        Schemas.check("request", streamReceipt);
        assertThat(plainReceipt.path("costNanos").asLong()).isPositive().isEqualTo(streamReceipt.path("costNanos").asLong());
        assertThat(plainReceipt.path("usage")).isEqualTo(streamReceipt.path("usage"));
        assertThat(List.of(plainReceipt, streamReceipt)).allSatisfy(receipt -> {
            assertThat(receipt.path("attempts")).hasSize(1);
            assertThat(receipt.path("attempts").path(0).path("basis").asText()).isEqualTo("metered");
        });
        assertThat(stream.usage().path("prompt_tokens")).isEqualTo(plain.json().path("usage").path("prompt_tokens"));
        assertThat(stream.usage().path("completion_tokens")).isEqualTo(plain.json().path("usage").path("completion_tokens"));
    }

    @Test
    void modelsAreListedAndCanBePinned() {
        // When
        Reply list = caller.get("/v1/models");
        Reply one = caller.get("/v1/models/" + OnPremRig.MODEL);
        Reply pinned = caller.chat(FRANCE.model(OnPremRig.MODEL));
        Reply unknown = caller.chat(FRANCE.model("gpt-99"));
        Reply unlisted = caller.get("/v1/models/gpt-99");

        // Then
        assertThat(list.json().path("object").asText()).isEqualTo("list");
        assertThat(StreamSupport.stream(list.json().path("data").spliterator(), false).map(model -> model.path("id").asText()))
                .containsExactlyInAnyOrder("auto", OnPremRig.MODEL);
        assertThat(one.json().path("id").asText()).isEqualTo(OnPremRig.MODEL);
        assertThat(pinned.content()).contains("Paris");
        assertThat(caller.settled(pinned.requestId()).path("rule").asText()).isEqualTo("pinned");
        Schemas.checkError(unknown, 404, "model_not_found");
        assertThat(unknown.param()).isEqualTo("model");
        Schemas.checkError(unlisted, 404, "model_not_found");
    }

    @Test
    void explainSaysWhatThenHappensAndConsumesNothing() {
        // Given
        caller.settled(caller.chat(FRANCE).requestId());
        long entries;
        RedisView.Sums sums;
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            entries = ledger.ofTenant(tenant.id()).size();
            sums = redis.sums(ledger.epoch(), tenant.id());
        }

        // When
        Reply explained = caller.explain(PRODUCT);

        // Then
        assertThat(explained.status()).isEqualTo(200);
        JsonNode explanation = explained.json();
        Schemas.check("explain", explanation);
        try (LedgerView ledger = rig.weir().ledger(); RedisView redis = rig.weir().redis()) {
            assertThat(ledger.ofTenant(tenant.id())).hasSize((int) entries);
            assertThat(ledger.openIntents(tenant.id())).isZero();
            assertThat(redis.sums(ledger.epoch(), tenant.id())).isEqualTo(sums);
        }
        Reply done = caller.chat(PRODUCT);
        JsonNode receipt = caller.settled(done.requestId());
        JsonNode decision = explanation.path("decision");
        assertThat(done.header("x-weir-route")).isEqualTo(decision.path("route").asText());
        assertThat(done.header("x-weir-model")).isEqualTo(decision.path("model").asText());
        assertThat(receipt.path("rule")).isEqualTo(decision.path("rule"));
        assertThat(receipt.path("complexity")).isEqualTo(explanation.path("complexity"));
        assertThat(receipt.path("costNanos").asLong()).isPositive().isLessThanOrEqualTo(explanation.path("ceilingNanos").asLong());
        assertThat(explanation.path("ceilingNanos")).isEqualTo(explanation.path("offers").path(0).path("ceilingNanos"));
        assertThat(explanation.path("admission").path("granted").asBoolean()).isTrue();
    }

    @Test
    void aComplexRequestIsAnsweredOnPremWhereThereIsNoBedrockAndTheDecisionSaysSo() {
        // Given
        Chat complex = Chat.refactoring("").maxTokens(4);

        // When
        Reply reply = caller.chat(complex);

        // Then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("x-weir-route")).isEqualTo("on-prem");
        assertThat(reply.header("x-weir-complexity")).isEqualTo("700");
        JsonNode receipt = caller.settled(reply.requestId());
        assertThat(receipt.path("rule").asText()).isEqualTo("complex-without-bedrock");
        assertThat(caller.explain(complex).json().path("decision").path("rule").asText()).isEqualTo("complex-without-bedrock");
    }

    @Test
    void usageShowsTheOwnTenantAlone() {
        // Given
        Admin.Made other = rig.weir().admin().tenant("endpoint-other");
        other.caller().settled(other.caller().chat(FRANCE).requestId());
        JsonNode first = caller.settled(caller.chat(FRANCE).requestId());
        JsonNode second = caller.settled(caller.chat(PRODUCT).requestId());

        // When
        JsonNode usage = caller.get("/v1/usage").json();

        // Then
        Schemas.check("usage", usage);
        assertThat(usage.path("total").path("requests").asLong()).isEqualTo(2);
        assertThat(usage.path("total").path("costNanos").asLong())
                .isEqualTo(first.path("costNanos").asLong() + second.path("costNanos").asLong());
        assertThat(usage.path("lines")).hasSize(1).allSatisfy(line -> assertThat(line.path("tenant").asText()).isEqualTo(tenant.id()));
    }

    @Test
    void aSpanOfUsageIsHalfOpen() {
        // Given
        JsonNode first = caller.settled(caller.chat(FRANCE).requestId());
        JsonNode second = caller.settled(caller.chat(FRANCE).requestId());
        String from = first.path("effectiveAt").asText();
        String to = second.path("effectiveAt").asText();

        // When
        JsonNode between = caller.get("/v1/usage?from=" + from + "&to=" + to).json();

        // Then
        assertThat(between.path("total").path("requests").asLong()).isEqualTo(1);
        assertThat(between.path("total").path("costNanos")).isEqualTo(first.path("costNanos"));
        Schemas.checkError(caller.get("/v1/usage?from=yesterday"), 400, "invalid_value");
    }

    @Test
    void anotherTenantsRequestIsAsUnknownAsNone() {
        // Given
        String id = caller.chat(FRANCE).requestId();
        caller.settled(id);
        Caller other = rig.weir().admin().tenant("endpoint-stranger").caller();

        // When
        Reply theirs = other.receipt(id);
        Reply nobodys = other.receipt("0197f2a0-0000-7000-8000-000000000000");
        Reply own = caller.receipt("chatcmpl-" + id);

        // Then
        Schemas.checkError(theirs, 404, "not_found");
        assertThat(theirs.body()).isEqualTo(nobodys.body());
        assertThat(own.status()).isEqualTo(200);
    }
}
