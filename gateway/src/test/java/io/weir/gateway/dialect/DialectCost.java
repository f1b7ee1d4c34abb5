package io.weir.gateway.dialect;

import io.weir.router.ModelId;
import io.weir.router.RequestId;
import io.weir.router.chat.ChatRequest;
import io.weir.router.stream.FinishReason;
import io.weir.router.stream.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.IntSupplier;

/** Prints what a request and a chunk cost here: the median of several rounds, after a warm-up. Not a test: a main for people. */
final class DialectCost {

    private static final int ROUNDS = 9;
    private static final int WARM_UP = 4;
    private static final long ROUND_NANOS = 400_000_000L;

    private DialectCost() {}

    public static void main(String[] arguments) {
        OpenAiChatParser parser = new OpenAiChatParser();
        byte[] small = request("Say hello in one short sentence, please. Then stop.", 160);
        byte[] large = request("Refactor this method.\\n\\tif (x) { return \\\"y\\\"; }\\n", 20_000);
        byte[] dense = request("重构这个方法,谢谢。é", 20_000);
        ChatHead head = new ChatHead(
                RequestId.parse("019aab00-0000-7000-8000-000000000001"), Instant.ofEpochSecond(1), new ModelId("weir-small-moe"));
        ChatRequest.Answer asked = new ChatRequest.Answer(null, true, true, false);
        OpenAiChatStreamWriter stream = new OpenAiChatStreamWriter(head, asked);
        Usage usage = new Usage.Exact(20, 0, 0, 30, 0);
        WholeAnswer whole = new WholeAnswer("The answer is forty-two. ".repeat(10), "", FinishReason.STOP, usage);
        print("parse " + small.length + " bytes", () -> parser.parse(small).messages().size());
        print("parse " + large.length + " bytes, ASCII with escapes", () -> parser.parse(large).messages().size());
        print("parse " + dense.length + " bytes, three-byte characters", () -> parser.parse(dense).messages().size());
        print("check " + large.length + " bytes alone", () -> BodyCheck.problem(large) == null ? 1 : 0);
        print("one delta of 6 characters", () -> stream.delta(" token").length);
        print("a stream's writer and its end", () -> new OpenAiChatStreamWriter(head, asked).end(FinishReason.STOP, usage).length);
        print("a whole answer of 250 characters", () -> OpenAiChatWriter.whole(head, asked, whole).length);
    }

    private static byte[] request(String sentence, int bytes) {
        String frame = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":64,\"temperature\":0.2}";
        int room = bytes - frame.length() + 2;
        int each = sentence.getBytes(StandardCharsets.UTF_8).length;
        return frame.formatted(sentence.repeat(Math.max(1, room / each))).getBytes(StandardCharsets.UTF_8);
    }

    private static void print(String what, IntSupplier work) {
        double[] nanos = new double[ROUNDS];
        long sink = 0;
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long began = System.nanoTime();
            long spent = 0;
            int calls = 0;
            while (spent < ROUND_NANOS) {
                for (int i = 0; i < 100; i++) {
                    sink += work.getAsInt();
                }
                calls += 100;
                spent = System.nanoTime() - began;
            }
            if (round >= 0) {
                nanos[round] = (double) spent / calls;
            }
        }
        Arrays.sort(nanos);
        System.out.printf("%-48s %8.2f us (%.2f to %.2f; %d)%n",
                what, nanos[ROUNDS / 2] / 1e3, nanos[0] / 1e3, nanos[ROUNDS - 1] / 1e3, sink % 10);
    }
}
