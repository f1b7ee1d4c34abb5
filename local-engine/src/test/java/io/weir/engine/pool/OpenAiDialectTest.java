package io.weir.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.router.EngineCall;
import io.weir.router.EngineCall.Delivery;
import io.weir.router.ModelId;
import io.weir.router.chat.Attribution;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Message;
import io.weir.router.chat.Part;
import io.weir.router.chat.Sampling;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.StreamEvent.Finished;
import io.weir.router.stream.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiDialectTest {

    private final OpenAiDialect dialect = new OpenAiDialect(1_000_000);

    private String written(Delivery delivery, Sampling sampling, Message... messages) throws IOException {
        ChatRequest.Answer answer = new ChatRequest.Answer(9_999, true, false, true);
        Attribution attribution = new Attribution("someone", "safety", Map.of("tag", "value"));
        ChatRequest request = new ChatRequest("auto", List.of(messages), sampling, answer, attribution);
        return new String(dialect.write(new EngineCall(new ModelId("tiny"), request, 64, delivery)), StandardCharsets.UTF_8);
    }

    private Piece read(String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return dialect.read(bytes, bytes.length);
    }

    @Test
    void sendsTheModelsOwnNameTheCapAndNothingOfTheCallersLabels() throws IOException {
        assertThat(written(Delivery.WHOLE, Sampling.DEFAULT, Message.text(Message.Role.USER, "h\"é😀\n"))).isEqualTo(
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"h\\\"é😀\\n\"}],\"max_tokens\":64,\"stream\":false}");
    }

    @Test
    void asksAStreamForItsUsage() throws IOException {
        assertThat(written(Delivery.STREAM, Sampling.DEFAULT, Message.text(Message.Role.USER, "x"))).isEqualTo(
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":64,\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}}");
    }

    @Test
    void sendsSamplingWhereTheCallerSaidIt() throws IOException {
        assertThat(written(Delivery.WHOLE, new Sampling(0.5, 1.0, -7L, List.of("a", "\n")), Message.text(Message.Role.USER, "x"))).isEqualTo(
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":0.5,\"top_p\":1.0,\"seed\":-7,\"stop\":[\"a\",\"\\n\"],"
                        + "\"max_tokens\":64,\"stream\":false}");
    }

    @Test
    void sendsDeveloperAsSystemAndJoinsParts() throws IOException {
        Message parts = new Message(Message.Role.ASSISTANT, List.of(new Part.Text("a"), new Part.Text(""), new Part.Text("b")));
        assertThat(written(Delivery.WHOLE, Sampling.DEFAULT, Message.text(Message.Role.DEVELOPER, "d"), Message.text(Message.Role.SYSTEM, "s"), parts)).contains(
                "[{\"role\":\"system\",\"content\":\"d\"},{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"assistant\",\"content\":\"a\\n\\nb\"}]");
    }

    @Test
    void refusesToWriteLoneSurrogates() {
        for (String text : List.of("\ud800", "a\udc00b", "\ud83d\ud83d\ude00", "x\ude00\ud83d")) {
            assertThatThrownBy(() -> written(Delivery.WHOLE, Sampling.DEFAULT, Message.text(Message.Role.USER, text))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> written(Delivery.WHOLE, new Sampling(null, null, null, List.of(text)), Message.text(Message.Role.USER, "x")))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14} | 10 | 0 | 4 | 0",
        "{\"prompt_tokens\":10,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":8}} | 2 | 8 | 4 | 0",
        "{\"prompt_tokens_details\":{\"audio_tokens\":1,\"cached_tokens\":10},\"completion_tokens\":4,\"prompt_tokens\":10} | 0 | 10 | 4 | 0",
        "{\"prompt_tokens\":10,\"completion_tokens\":4,\"completion_tokens_details\":{\"reasoning_tokens\":3,\"x\":[]}} | 10 | 0 | 4 | 3",
        "{\"prompt_tokens\":10,\"completion_tokens\":4,\"prompt_tokens_details\":null,\"completion_tokens_details\":{\"reasoning_tokens\":null}} | 10 | 0 | 4 | 0",
        "{\"prompt_tokens\":10,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":12},\"completion_tokens_details\":{\"reasoning_tokens\":9}} | 0 | 10 | 4 | 4",
        "{\"prompt_tokens\":0,\"completion_tokens\":0} | 0 | 0 | 0 | 0",
        "{\"prompt_tokens\":5000000000,\"completion_tokens\":1} | 5000000000 | 0 | 1 | 0"
    })
    void makesTheClassesOfAUsageDisjoint(String usage, long fresh, long cached, long output, long reasoning) throws IOException {
        Usage.Exact read = read("{\"choices\":[],\"usage\":" + usage + "}").usage();

        assertThat(read).isEqualTo(new Usage.Exact(fresh, cached, 0, output, reasoning));
        // And back: what the other side of the gateway shows as prompt_tokens is what the engine said.
        assertThat(usage).contains("\"prompt_tokens\":" + read.input(), "\"completion_tokens\":" + read.output());
    }

    @Test
    void takesAnIncompleteUsageForNone() throws IOException {
        assertThat(read("{\"usage\":{\"prompt_tokens\":10}}").usage()).isNull();
        assertThat(read("{\"usage\":{\"completion_tokens\":10}}").usage()).isNull();
        assertThat(read("{\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":null}}").usage()).isNull();
        assertThat(read("{\"usage\":null}").usage()).isNull();
    }

    @Test
    void readsReasoningUnderBothItsNamesOnce() throws IOException {
        assertThat(read("{\"choices\":[{\"delta\":{\"reasoning\":\"a\"}}]}")).isEqualTo(new Piece("a", null, null, null));
        assertThat(read("{\"choices\":[{\"delta\":{\"reasoning_content\":\"a\"}}]}")).isEqualTo(new Piece("a", null, null, null));
        assertThat(read("{\"choices\":[{\"message\":{\"reasoning_content\":\"a\",\"reasoning\":\"a\",\"content\":\"b\"},\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(new Piece("a", "b", null, new Finished(FinishReason.STOP)));
    }

    @Test
    void ignoresWhatIsEmptyUnknownOrAnotherChoice() throws IOException {
        assertThat(read("{\"choices\":[{\"delta\":{\"content\":\"\",\"tool_calls\":[{}]},\"logprobs\":{\"content\":[]}},{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(new Piece(null, null, null, null));
        assertThat(read("{\"choices\":null,\"error\":null}")).isEqualTo(new Piece(null, null, null, null));
    }
}
