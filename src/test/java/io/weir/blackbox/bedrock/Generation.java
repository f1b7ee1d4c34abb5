package io.weir.blackbox.bedrock;

/**
 * The simulated model at work on one call: hands out the script's text piece by piece, obeys {@code maxTokens} and the stop sequences,
 * and counts what it generated. One thread generates; any thread reads the counts.
 */
final class Generation {

    private final Script script;
    private final ConverseCall call;
    private final long allowed;
    private volatile long generated;
    private boolean outOfTokens;
    private boolean stopped;

    Generation(Script script, ConverseCall call, int excess) {
        this.script = script;
        this.call = call;
        this.allowed = (long) call.maxTokens() + excess;
    }

    /** The text of a block, cut before the first stop sequence in it; reasoning and tool input are never cut. */
    Pieces begin(Script.Block block) {
        if (!(block instanceof Script.Text)) {
            return new Pieces(block.text());
        }
        int cut = call.stopSequences().stream().mapToInt(block.text()::indexOf).filter(at -> at >= 0).min().orElse(-1);
        stopped = cut >= 0;
        return new Pieces(stopped ? block.text().substring(0, cut) : block.text());
    }

    /** Whether the block goes on; notes when it would, but the tokens have run out. */
    boolean goesOn(Pieces pieces) {
        outOfTokens = outOfTokens || pieces.hasNext() && generated >= allowed;
        return pieces.hasNext() && !outOfTokens;
    }

    /** Generates the next delta's text. */
    String delta(Pieces pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < script.pace().piecesPerDelta() && goesOn(pieces); i++) {
            text.append(pieces.next());
            generated = generated + 1;
        }
        return text.toString();
    }

    /** No further block follows: the tokens ran out or a stop sequence was met. */
    boolean over() {
        return outOfTokens || stopped;
    }

    String stopReason() {
        String forced = script.stopReason();
        if (forced != null) {
            return forced;
        }
        if (outOfTokens) {
            return "max_tokens";
        }
        if (stopped) {
            return "stop_sequence";
        }
        boolean tool = !script.blocks().isEmpty() && script.blocks().getLast() instanceof Script.Tool;
        return tool ? "tool_use" : "end_turn";
    }

    long generated() {
        return generated;
    }

    /** What the call costs so far, in tokens of each class. */
    TokenMeter.Tokens tokens() {
        long read = Math.min(script.cache().read(), call.inputTokens());
        long written = Math.min(script.cache().written(), call.inputTokens() - read);
        return new TokenMeter.Tokens(call.inputTokens() - read - written, generated, read, written);
    }
}
