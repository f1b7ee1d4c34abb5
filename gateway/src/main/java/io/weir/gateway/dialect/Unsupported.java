package io.weir.gateway.dialect;

/** What to do with a field that OpenAI knows and Weir has not built: the tenant chooses. Never silence. */
public enum Unsupported {
    /** Answer 400 {@code unsupported_parameter}. */
    REFUSE,
    /** Go on without it and name it in {@link ParsedChat#ignored}. What carries content (images, tool calls) is refused all the same. */
    IGNORE
}
