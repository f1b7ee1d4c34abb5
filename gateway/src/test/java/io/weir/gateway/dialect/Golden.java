package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Wire forms as they are meant to be, one file a form, read and written by people. */
final class Golden {

    private Golden() {}

    /** The bytes are those of the file; a file of one line ends with a line feed that the bytes have not. */
    static void assertMatches(String file, byte[] bytes) {
        String expected = read(file);
        String actual = new String(bytes, StandardCharsets.UTF_8);
        assertThat(actual).isEqualTo(file.endsWith(".json") ? expected.stripTrailing() : expected);
    }

    private static String read(String file) {
        try (InputStream in = Golden.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
