package io.weir.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BodyCheckPropertiesTest {

    @Property
    void acceptsEveryUnicodeText(@ForAll String text) {
        // Given
        String wellFormed = JsonOut.wellFormed(text).replace('\0', '0').replace('\\', '/');
        byte[] body = ("x" + wellFormed).getBytes(StandardCharsets.UTF_8);

        // When
        String problem = BodyCheck.problem(body);

        // Then
        assertThat(problem).isNull();
    }
}
