package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The templates inside the model files render as Python's jinja2 3.1.6 rendered them, with the settings of Hugging Face's {@code apply_chat_template}. */
class ChatTemplateTest {
    static Stream<JsonNode> renderedByPython() throws IOException {
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("chat-template.json")) {
            return StreamSupport.stream(new JsonMapper().readTree(in).spliterator(), false);
        }
    }

    @ParameterizedTest
    @MethodSource("renderedByPython")
    @SuppressWarnings("unchecked")
    void rendersAsPythonDid(JsonNode recorded) throws IOException {
        // Given
        ChatTemplate template;
        try (GgufFile file = GgufFile.open(ModelFiles.resolve(recorded.get("model").textValue()))) {
            template = new ChatTemplate(file.string("tokenizer.chat_template"));
        }
        ChatTemplate.Conversation conversation = new ChatTemplate.Conversation((List<Object>) Json.plain(recorded.get("messages")),
                (List<Object>) Json.plain(recorded.get("tools")), (Map<String, Object>) Json.plain(recorded.get("arguments")),
                recorded.get("add_generation_prompt").booleanValue());

        // When
        String prompt = template.render(conversation);

        // Then
        assertThat(prompt).isEqualTo(recorded.get("prompt").textValue());
    }
}
