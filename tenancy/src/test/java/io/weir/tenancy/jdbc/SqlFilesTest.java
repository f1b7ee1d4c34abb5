package io.weir.tenancy.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.testing.TestPostgres;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every statement file is one that PostgreSQL accepts from the application, against the schema as the migrations leave it. */
class SqlFilesTest {

    static Path folder() {
        URL one = Objects.requireNonNull(Sql.class.getResource("directory-version.sql"));
        try {
            return Objects.requireNonNull(Path.of(one.toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> postgresAccepts() throws IOException {
        TestPostgres.Database database = TestPostgres.database();
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList().stream().map(file -> {
                String name = file.getFileName().toString().replace(".sql", "");
                return DynamicTest.dynamicTest(name, () -> {
                    // Given
                    String sql = Sql.load(name);

                    // When: the server parses and types it, as it does before every execution
                    int parameters;
                    try (Connection connection = database.application().getConnection();
                            PreparedStatement statement = connection.prepareStatement(sql)) {
                        parameters = statement.getParameterMetaData().getParameterCount();
                    }

                    // Then
                    assertThat(parameters).isEqualTo(sql.lines()
                            .filter(line -> !line.startsWith("--"))
                            .mapToInt(line -> (int) line.chars().filter(c -> c == '?').count())
                            .sum());
                });
            });
        }
    }
}
