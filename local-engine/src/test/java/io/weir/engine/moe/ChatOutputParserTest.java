package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.engine.moe.ChatOutputParser.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatOutputParserTest {
    private static final List<Object> TOOLS = List.of("some tool");
    private static final String ANSWER = "<think>a < b, so </x> it is.</think>Yes<tool> "
            + "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\"}}</tool_call> end <tool_call>{broken</tool_call>.";

    private static List<Part> parse(ChatOutputParser parser, String text, int step) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < text.length(); i += step) {
            parts.addAll(parser.add(text.substring(i, Math.min(text.length(), i + step))));
        }
        parts.addAll(parser.finish());
        return merged(parts);
    }

    /** Joins neighbours of a kind, since how text is cut into deltas is free. */
    private static List<Part> merged(List<Part> parts) {
        List<Part> out = new ArrayList<>();
        for (Part part : parts) {
            Part last = out.isEmpty() ? null : out.getLast();
            if (part instanceof Part.Content(String more) && last instanceof Part.Content(String text)) {
                out.set(out.size() - 1, new Part.Content(text + more));
            } else if (part instanceof Part.Reasoning(String more) && last instanceof Part.Reasoning(String text)) {
                out.set(out.size() - 1, new Part.Reasoning(text + more));
            } else {
                out.add(part);
            }
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 11, 1_000})
    void splitsTheSameHoweverTheTextIsCut(int step) {
        // Given
        ChatOutputParser parser = ChatOutputParser.after("<|assistant|>", TOOLS);

        // When
        List<Part> parts = parse(parser, ANSWER, step);

        // Then
        assertThat(parts).containsExactly(new Part.Reasoning("a < b, so </x> it is."), new Part.Content("Yes<tool> "),
                new Part.ToolCall("get_weather", "{\"city\": \"Oslo\"}"), new Part.Content(" end <tool_call>{broken</tool_call>."));
    }

    @Test
    void withoutToolsACallIsContent() {
        // Given
        ChatOutputParser parser = ChatOutputParser.after("<|assistant|><think></think>", List.of());

        // When
        List<Part> parts = parse(parser, "<tool_call>{}</tool_call>", 4);

        // Then
        assertThat(parts).containsExactly(new Part.Content("<tool_call>{}</tool_call>"));
    }

    @Test
    void aPromptThatEndsInThinkBeginsInReasoning() {
        // Given
        ChatOutputParser parser = ChatOutputParser.after("<|assistant|><think>", List.of());

        // When
        List<Part> parts = parse(parser, "hm</think>ok", 5);

        // Then
        assertThat(parts).containsExactly(new Part.Reasoning("hm"), new Part.Content("ok"));
    }

    @Test
    void whatIsUnfinishedAtTheEndIsShown() {
        // Given
        ChatOutputParser parser = ChatOutputParser.after("<|assistant|>", TOOLS);

        // When
        List<Part> parts = parse(parser, "<think></think>x<tool_call>{\"name\"", 6);

        // Then
        assertThat(parts).containsExactly(new Part.Content("x<tool_call>{\"name\""));
    }
}
