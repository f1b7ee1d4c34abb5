package io.weir.router.chat;

/** A piece of a message's content. */
public sealed interface Part {

    /** Plain text. Its {@code toString} shows only its length. */
    record Text(String text) implements Part {
        @Override
        public String toString() {
            return "Text[REDACTED len=" + text.length() + "]";
        }
    }
}
