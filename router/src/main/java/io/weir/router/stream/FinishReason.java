package io.weir.router.stream;

/** Why an answer that reached its end did. */
public enum FinishReason {
    STOP("stop"),
    LENGTH("length"),
    CONTENT_FILTER("content_filter");

    private final String label;

    FinishReason(String label) {
        this.label = label;
    }

    /** The name OpenAI uses. */
    public String label() {
        return label;
    }
}
