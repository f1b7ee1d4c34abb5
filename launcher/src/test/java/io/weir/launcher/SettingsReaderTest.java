package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.launcher.SettingsReader.Flags;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
    private static final Path CLONE = Path.of("/clone");
    private static final Flags NONE = new Flags(null, null, null, null, null, List.of(), List.of(), null);

    @Test
    void withoutFlagsEverythingIsEmbeddedOnPort8080() {
        // Given
        SettingsReader reader = new SettingsReader(Map.of(), new Properties(), CLONE);

        // When
        Settings settings = reader.read(NONE);

        // Then
        assertThat(settings).isEqualTo(new Settings(
                8080, Path.of("/clone/.weir"), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), 1));
    }

    @Test
    void aFlagWinsOverAPropertyAndAPropertyOverAVariable() {
        // Given
        Properties properties = new Properties();
        properties.setProperty("weir.port", "8082");
        properties.setProperty("weir.gateways", "2");
        Map<String, String> environment = Map.of("WEIR_PORT", "8083", "WEIR_GATEWAYS", "3", "WEIR_ENGINE", "http://h:8000/v1/");
        SettingsReader reader = new SettingsReader(environment, properties, CLONE);

        // When
        Settings settings = reader.read(new Flags("8081", null, null, null, null, List.of(), List.of(), null));

        // Then
        assertThat(settings.port()).isEqualTo(8081);
        assertThat(settings.gateways()).isEqualTo(2);
        assertThat(settings.engine()).contains(URI.create("http://h:8000"));
    }

    @Test
    void pricesAndModelsComeOneAFlagOrSeveralAVariable() {
        // Given
        Map<String, String> environment = Map.of("WEIR_PRICE", "a=1,2; b=0.05,0.20,0.005", "WEIR_BEDROCK", "x.y-v1:0,z");
        SettingsReader reader = new SettingsReader(environment, new Properties(), CLONE);

        // When
        Settings settings = reader.read(NONE);

        // Then
        assertThat(settings.prices()).containsExactly(
                new Price("a", "1", "2", Optional.empty()), new Price("b", "0.05", "0.20", Optional.of("0.005")));
        assertThat(settings.bedrockModels()).containsExactly("x.y-v1:0", "z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--port=abc               | --port is not a number from 0 to 65535",
        "--port=-1                | --port is not a number from 0 to 65535",
        "--port=65536             | --port is not a number from 0 to 65535",
        "--port=65535 --gateways=2| --port 65535 leaves no room for 2 gateways",
        "--gateways=0             | --gateways is not a number from 1 to 16",
        "--gateways=17            | --gateways is not a number from 1 to 16",
        "--price=m=1              | --price is not MODEL=IN,OUT[,CACHED]",
        "--price=m=-1,2           | --price is not MODEL=IN,OUT[,CACHED]",
        "--price=m=1e3,2          | --price is not MODEL=IN,OUT[,CACHED]",
        "--price=m=1,2,3,4        | --price is not MODEL=IN,OUT[,CACHED]",
        "--bedrock=a,,b           | --bedrock is not MODEL[,MODEL...]",
        "--engine=localhost:8000  | --engine is no plain http:// or https:// URL",
        "--engine=http://u:p@h    | --engine is no plain http:// or https:// URL",
        "--postgres=mysql://u:p@h/d | --postgres is no postgres:// or jdbc:postgresql:// URL",
        "--postgres=postgres://h/d| --postgres must carry a user and a password",
        "--postgres=postgres://u:p@h | --postgres must name one host and a database",
        "--redis=http://h         | --redis is no redis:// or rediss:// URL",
        "--redis=redis://         | --redis is no URL",
        "--redis=redis://u:p@h    | --redis names a user",
        "--nosuch                 | Unknown option: '--nosuch'",
        "--port                   | Missing required parameter for option '--port'",
        "--port=1 --port=2        | should be specified only once",
        "stray                    | Unmatched argument"})
    void aBadFlagIsNamedAndNothingIsTouched(String flags, String complaint, @TempDir Path folder) {
        // Given
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                Map.of(), new Properties(), folder, new PrintStream(new ByteArrayOutputStream()), new PrintStream(err));
        String[] arguments = ("up " + flags.strip()).split(" ");

        // When
        int status = Weir.execute(surroundings, arguments);

        // Then
        assertThat(status).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(complaint).hasLineCount(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aBadVariableIsNamedAsSuch() {
        // Given
        SettingsReader reader = new SettingsReader(Map.of("WEIR_PORT", "http"), new Properties(), CLONE);

        // When / Then
        assertThatThrownBy(() -> reader.read(NONE))
                .isInstanceOf(UsageFailure.class)
                .hasMessage("WEIR_PORT is not a number from 0 to 65535: http.");
    }

    @Test
    void aPasswordInAnAddressIsNotShown() {
        // Given
        SettingsReader reader = new SettingsReader(
                Map.of("WEIR_POSTGRES", "postgres://u:geheim@h/d", "WEIR_REDIS", "redis://:geheim@h"), new Properties(), CLONE);

        // When
        Settings settings = reader.read(NONE);

        // Then
        assertThat(settings.toString()).contains("jdbc:postgresql://h:5432/d", "redis://h:6379").doesNotContain("geheim");
        assertThat(Files.exists(CLONE)).isFalse();
    }
}
