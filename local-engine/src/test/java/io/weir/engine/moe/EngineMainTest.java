package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine as its own process, with and without the vector module. */
class EngineMainTest {
    @TempDir
    private Path folder;

    private Process start(boolean withVectors, Path log) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-cp", System.getProperty("java.class.path"), EngineMain.class.getName(), "--model", "tiny", "--threads", "2"));
        if (withVectors) {
            command.addAll(1, List.of("--add-modules", "jdk.incubator.vector"));
        }
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }

    @ParameterizedTest
    @CsvSource({"true, kernels vector-", "false, kernels scalar"})
    void answersOnceReadyAndFinishesRunningAnswersOnSigterm(boolean withVectors, String expectedInLog) throws Exception {
        // Given
        Path log = folder.resolve("log");
        Process engine = start(withVectors, log);
        try (BufferedReader out = new BufferedReader(new InputStreamReader(engine.getInputStream(), StandardCharsets.UTF_8)); HttpClient http = HttpClient.newHttpClient()) {
            String ready = out.readLine();
            assertThat(ready).startsWith("ready http://127.0.0.1:");
            HttpRequest request = HttpRequest.newBuilder(URI.create(ready.substring("ready ".length()) + "/v1/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"weir-tiny-moe\",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":400,\"prompt\":\"<|user|>Add 3 and 4.<|assistant|>\"}"))
                    .build();

            // When
            HttpResponse<java.util.stream.Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
            engine.toHandle().destroy();
            List<String> lines = response.body().toList();

            // Then
            assertThat(lines).contains("data: [DONE]");
            assertThat(engine.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(engine.exitValue()).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(Files.readString(log)).contains(expectedInLog);
        } finally {
            engine.destroyForcibly();
        }
    }

    @Test
    void readsItsCommandLine() {
        // Given
        List<String> arguments = List.of("--model", "tiny", "--port", "8001", "--threads", "2", "--host", "0.0.0.0");

        // When
        EngineOptions options = EngineOptions.parse(arguments);

        // Then
        assertThat(options).isEqualTo(new EngineOptions("tiny", "0.0.0.0", 8_001, 2));
        assertThat(EngineOptions.parse(List.of())).isEqualTo(new EngineOptions("small", "127.0.0.1", 0, 1));
        assertThatThrownBy(() -> EngineOptions.parse(List.of("--port", "70000"))).hasMessage("--port must be a number from 0 to 65535");
        assertThatThrownBy(() -> EngineOptions.parse(List.of("--model"))).hasMessageStartingWith("--model needs a value");
        assertThatThrownBy(() -> EngineOptions.parse(List.of("--fast", "1"))).hasMessageStartingWith("unknown argument --fast");
    }
}
