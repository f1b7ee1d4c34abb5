package io.weir.tenancy;

/** Names an API key; not the key itself. */
public record KeyId(String value) {

    public KeyId {
        Ids.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
