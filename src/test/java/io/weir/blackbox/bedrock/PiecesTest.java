package io.weir.blackbox.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulator's own tokens. */
class PiecesTest {

    @Test
    void words_are_cut_at_four_bytes_and_keep_the_space_before_them() {
        assertThat(pieces("capital of  it")).containsExactly("capi", "tal", " of", "  it");
        assertThat(pieces("größe 🎉🎉")).containsExactly("grö", "ße", " 🎉", "🎉");
        assertThat(pieces("a \n")).containsExactly("a", " \n");
        assertThat(pieces("")).isEmpty();
    }

    @Test
    void pieces_concatenate_to_the_text_and_count_agrees() {
        String text = "Größe ist nicht alles,\n\n量 auch nicht 🎉. \t end  ";
        assertThat(String.join("", pieces(text))).isEqualTo(text);
        assertThat(Pieces.count(text)).isEqualTo(pieces(text).size());
    }

    @Test
    void script_of_tokens_has_exactly_that_many() {
        assertThat(Pieces.count(Script.tokens(1000).blocks().getFirst().text())).isEqualTo(1000);
    }

    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        new Pieces(text).forEachRemaining(pieces::add);
        return pieces;
    }
}
