package io.weir.engine.moe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextStreamTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void holdsACharacterBackUntilItIsWhole() {
        // Given
        TextStream stream = new TextStream(List.of());
        byte[] smile = bytes("🙂");

        // When
        List<String> shown = List.of(stream.add(new byte[] {'a', smile[0]}), stream.add(new byte[] {smile[1]}), stream.add(new byte[] {smile[2]}),
                stream.add(new byte[] {smile[3], 'b'}), stream.finish());

        // Then
        assertThat(shown).containsExactly("a", "", "", "🙂b", "");
    }

    @Test
    void anUnfinishedCharacterAtTheEndBecomesTheReplacement() {
        // Given
        TextStream stream = new TextStream(List.of());

        // When
        String shown = stream.add(new byte[] {'x', (byte) 0xE2, (byte) 0x82}) + stream.finish();

        // Then
        assertThat(shown).isEqualTo("x\uFFFD");
    }

    @Test
    void cutsBeforeAStopStringThatComesInPieces() {
        // Given
        TextStream stream = new TextStream(List.of("END", "\n\n"));

        // When
        List<String> shown = List.of(stream.add(bytes("one E")), stream.add(bytes("N")), stream.add(bytes("ding\n")), stream.add(bytes("tEN")),
                stream.add(bytes("D!")));

        // Then
        assertThat(shown).containsExactly("one ", "", "ENding", "\nt", "");
        assertThat(stream.stopped()).isTrue();
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void showsWhatOnlyLookedLikeAStopString() {
        // Given
        TextStream stream = new TextStream(List.of("END"));

        // When
        List<String> shown = List.of(stream.add(bytes("EN")), stream.add(bytes("EN")), stream.add(bytes("O")), stream.add(bytes("E")), stream.finish());

        // Then
        assertThat(shown).containsExactly("", "EN", "ENO", "", "E");
        assertThat(stream.stopped()).isFalse();
    }
}
