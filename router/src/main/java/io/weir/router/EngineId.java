package io.weir.router;

/** Names one engine of this gateway, e.g. {@code on-prem} or {@code bedrock}. */
public record EngineId(String value) {

    @Override
    public String toString() {
        return value;
    }
}
