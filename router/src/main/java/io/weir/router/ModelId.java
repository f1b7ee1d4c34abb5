package io.weir.router;

/** A model by the name its engine and the price book know it by. */
public record ModelId(String value) {

    /** Reserved: the name under which a caller lets Weir choose. */
    public static final String AUTO = "auto";

    @Override
    public String toString() {
        return value;
    }
}
