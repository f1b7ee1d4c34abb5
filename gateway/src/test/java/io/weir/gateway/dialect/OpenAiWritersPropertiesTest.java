package io.weir.gateway.dialect;

import static io.weir.gateway.dialect.OpenAiWritersTest.EVERYTHING;
import static io.weir.gateway.dialect.OpenAiWritersTest.HEAD;
import static io.weir.gateway.dialect.OpenAiWritersTest.JSON;
import static io.weir.gateway.dialect.OpenAiWritersTest.USAGE;
import static io.weir.gateway.dialect.OpenAiWritersTest.events;
import static io.weir.gateway.dialect.OpenAiWritersTest.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.router.stream.FinishReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OpenAiWritersPropertiesTest {

    @Property
    void carriesAnyTextThroughAWholeAnswer(@ForAll("anyUnits") String text, @ForAll("anyUnits") String reasoning) throws IOException {
        // When
        byte[] bytes = OpenAiChatWriter.whole(HEAD, EVERYTHING, new WholeAnswer(text, reasoning, FinishReason.STOP, USAGE));

        // Then
        JsonNode message = JSON.readTree(bytes).at("/choices/0/message");
        assertThat(message.get("content").textValue()).isEqualTo(replaced(text));
        assertThat(message.get("reasoning_content").textValue()).isEqualTo(reasoning.isEmpty() ? null : replaced(reasoning));
    }

    @Property
    void carriesAnyTextThroughAStream(@ForAll("anyDeltas") List<String> deltas) {
        // Given
        OpenAiChatStreamWriter writer = new OpenAiChatStreamWriter(HEAD, EVERYTHING);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        // When
        deltas.forEach(delta -> bytes.writeBytes(writer.delta(delta)));
        bytes.writeBytes(writer.end(FinishReason.STOP, USAGE));

        // Then
        List<String> events = events(bytes.toByteArray());
        List<String> contents = new ArrayList<>();
        for (String event : events.subList(1, events.size() - 3)) {
            contents.add(node(event).at("/choices/0/delta/content").textValue());
        }
        assertThat(contents).isEqualTo(deltas.stream().map(OpenAiWritersPropertiesTest::replaced).toList());
        assertThat(events.stream().filter("[DONE]"::equals)).hasSize(1);
    }

    /** Any UTF-16 units, halves of surrogate pairs among them, and whole pairs often. */
    @Provide
    Arbitrary<String> anyUnits() {
        Arbitrary<String> units = Arbitraries.chars().range(Character.MIN_VALUE, Character.MAX_VALUE).map(String::valueOf);
        Arbitrary<String> halves = Arbitraries.chars().range(Character.MIN_SURROGATE, Character.MAX_SURROGATE).map(String::valueOf);
        Arbitrary<String> pairs = Arbitraries.integers()
                .between(Character.MIN_SUPPLEMENTARY_CODE_POINT, Character.MAX_CODE_POINT)
                .map(Character::toString);
        Arbitrary<String> ascii = Arbitraries.chars().range('\0', '\u007f').map(String::valueOf);
        return Arbitraries.oneOf(units, halves, pairs, ascii).list().ofMaxSize(24).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<String>> anyDeltas() {
        return anyUnits().list().ofMaxSize(8);
    }

    /** What the JDK makes of half a surrogate pair. */
    private static String replaced(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
    }
}
