package io.weir.tenancy;

/** What to do with a field that OpenAI knows and Weir has not built: the tenant chooses. Never silence. */
public enum Unsupported {
    /** Answer 400 {@code unsupported_parameter}. */
    REFUSE,
    /** Go on without it and name it in {@code x-weir-ignored}. What carries content (images, tool calls) is refused all the same. */
    IGNORE
}
