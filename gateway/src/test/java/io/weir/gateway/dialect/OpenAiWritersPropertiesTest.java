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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class OpenAiWritersPropertiesTest {

    @Property
    void carriesAnyTextThroughAWholeAnswer(@ForAll String text, @ForAll String reasoning) throws IOException {
        // When
        byte[] bytes = OpenAiChatWriter.whole(HEAD, EVERYTHING, new WholeAnswer(text, reasoning, FinishReason.STOP, USAGE));

        // Then
        JsonNode message = JSON.readTree(bytes).at("/choices/0/message");
        assertThat(message.get("content").textValue()).isEqualTo(replaced(text));
        assertThat(message.get("reasoning_content").textValue()).isEqualTo(reasoning.isEmpty() ? null : replaced(reasoning));
    }

    @Property
    void carriesAnyTextThroughAStream(@ForAll List<String> deltas) {
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

    /** What the JDK makes of half a surrogate pair. */
    private static String replaced(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
    }
}
