package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP interface over real sockets, with the small model behind it. */
class EngineServerTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static LoadedModel small;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Scheduler scheduler;
    private EngineServer server;
    private int port;

    @BeforeAll
    static void load() throws Exception {
        small = LoadedModel.load(ModelFiles.resolve("small"), Kernels.best());
    }

    @BeforeEach
    void start() throws Exception {
        EngineMetrics metrics = new EngineMetrics();
        scheduler = new Scheduler(small.model(), small.tokenizer(), metrics, System::nanoTime, 1);
        server = new EngineServer(small, scheduler, metrics,
                new EngineServer.Surroundings(() -> Instant.ofEpochSecond(1_700_000_000), () -> "id", () -> 1));
        port = server.listen("127.0.0.1", 0);
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        scheduler.close();
        server.close();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** A chat with one question; {@code more} are further fields, each followed by a comma. */
    private static String chat(String question, String more) {
        return "{'model':'weir-small-moe',%s'messages':[{'role':'user','content':'%s'}]}".formatted(more, question).replace('\'', '"');
    }

    private static List<JsonNode> events(String body) throws Exception {
        assertThat(body).endsWith("\n\ndata: [DONE]\n\n").containsOnlyOnce("[DONE]");
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.split("\n\n")) {
            if (!line.equals("data: [DONE]")) {
                events.add(JSON.readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }

    private static String joined(List<JsonNode> events, String field) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/delta/" + field).asText("")));
        return text.toString();
    }

    @Test
    void answersAChatWithItsReasoningApart() throws Exception {
        // Given
        String body = chat("What is 17 * 23?", "");

        // When
        HttpResponse<String> response = post("/v1/chat/completions", body);

        // Then
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(response.body())).isEqualTo(JSON.readTree("""
                {"id":"chatcmpl-id","object":"chat.completion","created":1700000000,"model":"weir-small-moe","choices":[{"index":0,
                 "message":{"role":"assistant","content":"17 * 23 = 391.","reasoning":"17*2=34, shift 340, 17*3=51, 340+51=391.",
                   "reasoning_content":"17*2=34, shift 340, 17*3=51, 340+51=391.","tool_calls":[]},"logprobs":null,"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":12,"total_tokens":63,"completion_tokens":51,"prompt_tokens_details":{"cached_tokens":0},
                   "completion_tokens_details":{"reasoning_tokens":36}}}"""));
    }

    @Test
    void streamsTheSameAnswerWithUsageInEveryChunk() throws Exception {
        // Given
        String body = chat("What is 17 * 23?", "'stream':true,'stream_options':{'include_usage':true,'continuous_usage_stats':true},");

        // When
        HttpResponse<String> response = post("/v1/chat/completions", body);

        // Then
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        List<JsonNode> events = events(response.body());
        assertThat(events.getFirst().at("/choices/0/delta").toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
        assertThat(joined(events, "reasoning")).isEqualTo("17*2=34, shift 340, 17*3=51, 340+51=391.").isEqualTo(joined(events, "reasoning_content"));
        assertThat(joined(events, "content")).isEqualTo("17 * 23 = 391.");
        assertThat(events).extracting(event -> event.at("/usage/completion_tokens").asInt(-1)).isSorted().startsWith(0).endsWith(51, 51);
        assertThat(events.get(events.size() - 2).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(events.getLast().get("choices")).isEmpty();
        assertThat(events.getLast().at("/usage/completion_tokens_details/reasoning_tokens").asInt()).isEqualTo(36);
    }

    @ParameterizedTest
    @CsvSource({"thinking", "enable_thinking"})
    void thinkingCanBeSwitchedOffByEitherName(String name) throws Exception {
        // Given
        String body = chat("What is 3 + 4?", "'chat_template_kwargs':{'" + name + "':false},");

        // When
        JsonNode answer = JSON.readTree(post("/v1/chat/completions", body).body());

        // Then
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("3 + 4 = 7.");
        assertThat(answer.at("/choices/0/message/reasoning").isNull()).isTrue();
        assertThat(answer.at("/usage/completion_tokens_details/reasoning_tokens").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void callsATool(boolean streamed) throws Exception {
        // Given
        String body = chat("What is the weather in Oslo?", "'stream':" + streamed
                + ",'tools':[{'type':'function','function':{'name':'get_weather','parameters':{'type':'object','properties':{'city':{'type':'string'}}}}}],");

        // When
        String response = post("/v1/chat/completions", body).body();

        // Then
        JsonNode call = streamed ? events(response).stream().map(event -> event.at("/choices/0/delta/tool_calls/0")).filter(JsonNode::isObject)
                .findFirst().orElseThrow() : JSON.readTree(response).at("/choices/0/message/tool_calls/0");
        assertThat(call.at("/function/name").asText()).isEqualTo("get_weather");
        assertThat(call.at("/function/arguments").asText()).isEqualTo("{\"city\": \"Oslo\"}");
        assertThat(response).contains("\"finish_reason\":\"tool_calls\"");
    }

    @Test
    void aToolsResultIsRead() throws Exception {
        // Given
        String body = "{'model':'weir-small-moe','tools':[{'type':'function','function':{'name':'get_weather','parameters':{'properties':{'city':{'type':'string'}}}}}],"
                + "'messages':[{'role':'user','content':'What is the weather in Oslo?'},{'role':'assistant','content':null,'tool_calls':[{'id':'1','type':'function',"
                + "'function':{'name':'get_weather','arguments':'{\\'city\\': \\'Oslo\\'}'}}]},{'role':'tool','tool_call_id':'1','content':'{\\'temperature\\': 3, \\'sky\\': \\'rainy\\'}'}]}";

        // When
        JsonNode answer = JSON.readTree(post("/v1/chat/completions", body.replace('\'', '"')).body());

        // Then
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("It is 3 degrees and rainy in Oslo.");
    }

    @Test
    void completesARawPromptWithTokenIds() throws Exception {
        // Given
        Fixtures.Case recorded = Fixtures.read("greedy-small.json").getFirst();
        String body = Json.write(Json.object().put("model", "weir-small-moe").put("prompt", recorded.prompt()).put("max_tokens", 200)
                .put("return_token_ids", true));

        // When
        JsonNode answer = JSON.readTree(post("/v1/completions", body).body());

        // Then
        assertThat(answer.at("/choices/0/text").asText()).isEqualTo(recorded.completion());
        assertThat(answer.at("/choices/0/token_ids")).extracting(JsonNode::intValue).isEqualTo(recorded.tokens());
        assertThat(answer.get("object").asText()).isEqualTo("text_completion");
    }

    @Test
    void streamsARawPromptWithoutAskedForUsage() throws Exception {
        // Given
        String body = "{\"model\":\"weir-small-moe\",\"stream\":true,\"max_tokens\":5,\"prompt\":\"<|user|>Count to 9.<|assistant|><think></think>\"}";

        // When
        List<JsonNode> events = events(post("/v1/completions", body).body());

        // Then
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/text").asText()));
        assertThat(text.toString()).isEqualTo("1, 2,");
        assertThat(events.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(events).noneMatch(event -> event.has("usage"));
    }

    @Test
    void stopsBeforeAStopString() throws Exception {
        // Given
        String body = chat("Count to 9.", "'stop':['5, 6','zzz'],");

        // When
        JsonNode answer = JSON.readTree(post("/v1/chat/completions", body).body());

        // Then
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("1, 2, 3, 4, ");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void sampledAnswersRepeatWithTheirSeed() throws Exception {
        // Given
        String one = chat("Tell me a joke.", "'temperature':1.8,'top_p':0.95,'seed':1,'ignore_eos':true,'max_tokens':40,");
        String other = one.replace("\"seed\":1", "\"seed\":2");

        // When
        JsonNode first = JSON.readTree(post("/v1/chat/completions", one).body());
        JsonNode again = JSON.readTree(post("/v1/chat/completions", one).body());
        JsonNode different = JSON.readTree(post("/v1/chat/completions", other).body());

        // Then
        assertThat(again).isEqualTo(first).isNotEqualTo(different);
        assertThat(first.at("/usage/completion_tokens").asInt()).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v1/chat/completions | {'model':'other','messages':[{'role':'user','content':'x'}]} | 404 | The model `other` does not exist.",
        "/v1/chat/completions | {'model':'weir-small-moe','messages':[]} | 400 | messages must be",
        "/v1/chat/completions | {'model':'weir-small-moe'} | 400 | messages must be",
        "/v1/chat/completions | {'model':'weir-small-moe','messages':[{'role':'root','content':'x'}]} | 400 | role",
        "/v1/chat/completions | {'model':'weir-small-moe','messages':[{'role':'user'}]} | 400 | content",
        "/v1/chat/completions | {'model':'weir-small-moe','messages':[{'role':'user','content':[{'type':'image_url'}]}]} | 400 | text parts",
        "/v1/chat/completions | {'model':'weir-small-moe','n':2,'messages':[{'role':'user','content':'x'}]} | 400 | n is not supported",
        "/v1/chat/completions | {'model':'weir-small-moe','max_tokens':0,'messages':[{'role':'user','content':'x'}]} | 400 | max_tokens",
        "/v1/chat/completions | {'model':'weir-small-moe','max_tokens':4097,'messages':[{'role':'user','content':'x'}]} | 400 | max_tokens is too large",
        "/v1/chat/completions | {'model':'weir-small-moe','temperature':3,'messages':[{'role':'user','content':'x'}]} | 400 | temperature",
        "/v1/chat/completions | {'model':'weir-small-moe','stop':[''],'messages':[{'role':'user','content':'x'}]} | 400 | stop must",
        "/v1/chat/completions | {'model':'weir-small-moe','stream':'yes','messages':[{'role':'user','content':'x'}]} | 400 | stream must",
        "/v1/chat/completions | {'model':'weir-small-moe','tool_choice':'required','messages':[{'role':'user','content':'x'}]} | 400 | tool_choice",
        "/v1/chat/completions | {'model':'weir-small-moe','response_format':{'type':'json_object'},'messages':[{'role':'user','content':'x'}]} | 400 | response_format",
        "/v1/chat/completions | {'model':'weir-small-moe','model':'b'} | 400 | not valid JSON",
        "/v1/chat/completions | {} {} | 400 | not valid JSON",
        "/v1/chat/completions | [] | 400 | must be a JSON object",
        "/v1/completions | {'model':'weir-small-moe','prompt':['a']} | 400 | prompt must be a string",
        "/v1/completions | {'model':'weir-small-moe','prompt':''} | 400 | empty",
        "/v1/embeddings | {} | 404 | Not Found"})
    void refusesWhatItCannotServe(String path, String body, int status, String message) throws Exception {
        // Given such a body
        // When
        HttpResponse<String> response = post(path, body.replace('\'', '"'));

        // Then
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(JSON.readTree(response.body()).at("/error/message").asText()).contains(message);
        assertThat(JSON.readTree(response.body()).at("/error/code").asInt()).isEqualTo(status);
    }

    @Test
    void refusesAPromptLongerThanTheContext() throws Exception {
        // Given
        String body = chat("1".repeat(5_000), "");

        // When
        HttpResponse<String> response = post("/v1/chat/completions", body);

        // Then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("maximum context length is 4096 tokens").contains("5002 input tokens");
    }

    @Test
    void refusesABodyBeyondItsBound() throws Exception {
        // Given
        String body = chat("x".repeat(EngineServer.BODY_BYTES_MAX), "");

        // When
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " + body.length() + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

            // Then
            assertThat(answer).isEqualTo("HTTP/1.1 413");
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aClientThatGoesAwayEndsItsGeneration(boolean streamed) throws Exception {
        // Given
        String body = chat("Tell me a story.", "'stream':" + streamed + ",'ignore_eos':true,'max_tokens':4000,");
        Socket socket = request(body, 64 * 1024);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/metrics").contains("vllm:num_requests_running{model_name=\"weir-small-moe\",engine=\"0\"} 1.0"));

        // When
        socket.close();

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> scheduler.load().running() == 0);
        String metrics = get("/metrics");
        assertThat(metrics).contains("finished_reason=\"abort\"} 1").contains("finished_reason=\"length\"} 0");
        assertThat(generated(metrics)).isLessThan(4_000);
    }

    @Test
    void aReaderThatStopsReadingPausesItsGenerationAndLosesNothing() throws Exception {
        // Given
        String body = chat("Tell me a story.", "'stream':true,'stream_options':{'continuous_usage_stats':true},'ignore_eos':true,'max_tokens':2000,");

        // When
        try (Socket socket = request(body, 32 * 1024)) {
            int stalledAt = await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1_500))
                    .until(new Progress(), progress -> progress.before > 0 && progress.before == progress.now).now;

            // Then
            assertThat(stalledAt).isLessThan(2_000);
            InputStream in = socket.getInputStream();
            StringBuilder all = new StringBuilder();
            byte[] buffer = new byte[64 * 1024];
            while (all.indexOf("[DONE]") < 0) {
                int read = in.read(buffer);
                assertThat(read).isPositive();
                all.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
            assertThat(all).contains("\"completion_tokens\":2000");
            assertThat(generated(get("/metrics"))).isEqualTo(2_000);
        }
    }

    /** The number of generated tokens now and at the poll before. */
    private final class Progress implements java.util.concurrent.Callable<Progress> {
        private int before;
        private int now;

        @Override
        public Progress call() throws Exception {
            before = now;
            now = generated(get("/metrics"));
            return this;
        }
    }

    private static int generated(String metrics) {
        return (int) Double.parseDouble(metrics.lines().filter(line -> line.startsWith("vllm:generation_tokens_total{")).findFirst().orElseThrow()
                .replaceAll(".*} ", ""));
    }

    private Socket request(String body, int receiveBuffer) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void clientsThatGoAwayLeaveNoTraceInItsBounds(boolean wholeBody) throws Exception {
        // Given
        String body = chat("Hello", "'stream':true,");

        // When
        for (int i = 0; i < 600; i++) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                String sent = wholeBody ? body : body.substring(0, 20);
                socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " + body.length() + "\r\n\r\n" + sent)
                        .getBytes(StandardCharsets.US_ASCII));
            }
        }

        // Then
        await().atMost(Duration.ofSeconds(60)).until(() -> post("/v1/chat/completions", body).statusCode() == 200);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(scheduler.load()).isEqualTo(new EngineMetrics.Load(0, 0, 0)));
    }

    @Test
    void saysWhatItServesAndHowItIsDoing() throws Exception {
        // Given
        post("/v1/chat/completions", chat("What is 3 + 4?", ""));

        // When
        JsonNode models = JSON.readTree(get("/v1/models"));
        JsonNode tokens = JSON.readTree(post("/tokenize", "{\"model\":\"weir-small-moe\",\"prompt\":\"<|user|>7<|assistant|>\"}").body());
        String metrics = get("/metrics");

        // Then
        assertThat(models.at("/data/0/id").asText()).isEqualTo("weir-small-moe");
        assertThat(models.at("/data/0/max_model_len").asInt()).isEqualTo(4_096);
        assertThat(tokens.toString()).isEqualTo("{\"count\":3,\"max_model_len\":4096,\"tokens\":[4088,55,4089],\"token_strs\":null}");
        String labels = "{model_name=\"weir-small-moe\",engine=\"0\"";
        assertThat(metrics).contains("vllm:num_requests_running" + labels + "} 0.0\n", "vllm:num_requests_waiting" + labels + "} 0.0\n",
                "vllm:kv_cache_usage_perc" + labels + "} 0.0\n", "vllm:prompt_tokens_total" + labels + "} 10.0\n",
                "vllm:generation_tokens_total" + labels + "} 23.0\n", "vllm:time_to_first_token_seconds_count" + labels + "} 1\n",
                "vllm:inter_token_latency_seconds_count" + labels + "} 22\n", "vllm:request_queue_time_seconds_count" + labels + "} 1\n",
                "vllm:e2e_request_latency_seconds_count" + labels + "} 1\n", "vllm:time_to_first_token_seconds_bucket" + labels + ",le=\"+Inf\"} 1\n");
        assertThat(get("/health")).isEmpty();
    }
}
