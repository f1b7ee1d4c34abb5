package io.weir.blackbox.rig;

import io.weir.blackbox.bedrock.BedrockSimulator;

/** As {@link HybridRig} with one gateway, for tests that kill, stop and flush its parts; each leaves it well again. */
public record RoughRig(Weir weir, TestEngine engine, BedrockSimulator bedrock) implements AutoCloseable {

    static RoughRig start() {
        TestEngine engine = TestEngine.start();
        BedrockSimulator bedrock = BedrockSimulator.start();
        try {
            return new RoughRig(Weir.up(HybridRig.setup("rough", engine, bedrock)), engine, bedrock);
        } catch (RuntimeException | Error failed) {
            engine.close();
            bedrock.close();
            throw failed;
        }
    }

    public void reset() {
        HybridRig.reset(engine, bedrock);
    }

    @Override
    public void close() {
        weir.close();
        engine.close();
        bedrock.close();
    }
}
