package io.weir.blackbox.rig;

/** The product as a fresh clone starts it: the embedded engine, no Bedrock. Shared: tests change nothing but what is theirs. */
public record OnPremRig(Weir weir) implements AutoCloseable {

    /** The embedded engine's model. */
    public static final String MODEL = "weir-small-moe";

    static OnPremRig start() {
        return new OnPremRig(Weir.up(Setup.named("on-prem")));
    }

    @Override
    public void close() {
        weir.close();
    }
}
