package io.weir.blackbox.rig;

import io.weir.blackbox.bedrock.BedrockSimulator;
import io.weir.blackbox.bedrock.Script;
import io.weir.blackbox.bedrock.TokenMeter;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Two gateways on one PostgreSQL and one Redis, an engine by script on-prem, and a simulated Bedrock. Shared: whoever scripts engine or
 * simulator calls {@link #reset} first, and nothing else runs meanwhile.
 *
 * @param weir    the product
 * @param engine  the on-prem engine
 * @param bedrock the simulated Bedrock
 */
public record HybridRig(Weir weir, TestEngine engine, BedrockSimulator bedrock) implements AutoCloseable {

    public static final String BEDROCK_MODEL = "amazon.nova-pro-v1:0";
    /** US dollars per 1,000,000 tokens, with digits that make rounding matter. */
    public static final TokenMeter.Prices BEDROCK_PRICE = prices("0.800000001", "3.200000003");
    public static final TokenMeter.Prices ON_PREM_PRICE = prices("0.050000007", "0.200000001");

    static HybridRig start() {
        TestEngine engine = TestEngine.start();
        BedrockSimulator bedrock = BedrockSimulator.start();
        try {
            return new HybridRig(Weir.up(setup("hybrid", engine, bedrock).with("--gateways", "2")), engine, bedrock);
        } catch (RuntimeException | Error failed) {
            engine.close();
            bedrock.close();
            throw failed;
        }
    }

    static Setup setup(String name, TestEngine engine, BedrockSimulator bedrock) {
        return Setup.named(name)
                .with("--engine", engine.url().toString())
                .with("--price", flag(TestEngine.MODEL, ON_PREM_PRICE))
                .with("--bedrock", BEDROCK_MODEL)
                .with("--price", flag(BEDROCK_MODEL, BEDROCK_PRICE))
                .with(bedrock.environment());
    }

    private static String flag(String model, TokenMeter.Prices prices) {
        return model + "=" + prices.input().toPlainString() + "," + prices.output().toPlainString();
    }

    private static TokenMeter.Prices prices(String input, String output) {
        BigDecimal in = new BigDecimal(input);
        return new TokenMeter.Prices(in, new BigDecimal(output), in, in);
    }

    /** Everything answers again as it does at the start, and counts from zero. */
    public void reset() {
        reset(engine, bedrock);
    }

    static void reset(TestEngine engine, BedrockSimulator bedrock) {
        engine.reset();
        bedrock.gate().release();
        bedrock.faults().clear();
        bedrock.script(Script.text("You asked Bedrock."));
        bedrock.meter().reset();
    }

    /** The simulator's own bill in nano-dollars, each call rounded up. */
    public long billNanos() {
        return bedrock.meter().costRoundedUpPerCall(Map.of(BEDROCK_MODEL, BEDROCK_PRICE)).movePointRight(9).longValueExact();
    }

    @Override
    public void close() {
        weir.close();
        engine.close();
        bedrock.close();
    }
}
