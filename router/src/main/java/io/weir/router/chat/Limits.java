package io.weir.router.chat;

/** What a request may be at the most. Everything above is refused before it costs anything. */
public final class Limits {

    /** Enough for a 128k-token prompt with escapes; bounds what one caller can make the gateway hold. */
    public static final int BODY_BYTES = 2 * 1024 * 1024;
    /** OpenAI's own requests nest below ten; a bound keeps parsers off the stack's edge. */
    public static final int JSON_DEPTH = 64;
    /** More turns than any conversation we know; bounds per-message overhead. */
    public static final int MESSAGES = 2_048;
    /** Parts of one message: as above. */
    public static final int PARTS = 256;
    /** OpenAI allows four stop strings. */
    public static final int STOP_STRINGS = 4;
    /** Long stop strings cost a search per token. */
    public static final int STOP_CHARACTERS = 256;
    /** OpenAI allows sixteen metadata pairs. */
    public static final int TAGS = 16;
    /** OpenAI's bound on a metadata key. */
    public static final int TAG_KEY_CHARACTERS = 64;
    /** OpenAI's bound on a metadata value. */
    public static final int TAG_VALUE_CHARACTERS = 512;
    /** Ids of end users are hashes or names; more is content in disguise. */
    public static final int IDENTIFIER_CHARACTERS = 256;
    /** No model we know is named longer; the name stands in logs and rows. */
    public static final int MODEL_CHARACTERS = 128;
    /** A number with more digits is an attack on the parser. */
    public static final int NUMBER_DIGITS = 64;
    /** No model yields more in one answer; keeps ceilings far from overflow. */
    public static final int MAX_TOKENS = 1_000_000;

    private Limits() {}
}
