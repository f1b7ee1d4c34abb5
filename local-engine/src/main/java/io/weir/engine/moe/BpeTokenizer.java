package io.weir.engine.moe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-level byte-pair encoding with GPT-2's pre-tokenizer, from the vocabulary and merges of a model file.
 *
 * <p>Guarantees: any text encodes (every byte is a token) and decodes to itself; control and user-defined tokens written out in the text become
 * those tokens, as in llama.cpp with {@code parse_special}; the work is n log n in the length of the text, whatever the text. Immutable, any
 * thread. Sources: Sennrich et al. 2016; the GPT-2 encoder.
 */
final class BpeTokenizer {
    private static final Pattern WORDS = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");
    /** GGUF's token types: control tokens have no text, user-defined ones stand for their text. */
    private static final int TYPE_CONTROL = 3;
    private static final int TYPE_USER_DEFINED = 4;
    private static final int BYTES = 256;

    private final List<byte[]> texts = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> special = new HashMap<>();
    private final Map<Long, Merge> merges = new HashMap<>();
    private final int[] byteIds = new int[BYTES];
    private final Pattern specialPattern;
    private final int endOfText;
    private final int endOfTurn;

    /** Two neighbouring tokens become one; lower ranks first. */
    private record Merge(int rank, int merged) {}

    /** A possible merge of the symbol at {@code left} with its neighbour; stale when either has changed since. */
    private record Candidate(int rank, int left, int leftId, int rightId, int merged) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return rank != other.rank ? Integer.compare(rank, other.rank) : Integer.compare(left, other.left);
        }
    }

    BpeTokenizer(GgufFile file) throws IOException {
        if (!file.string("tokenizer.ggml.model").equals("gpt2") || !file.string("tokenizer.ggml.pre").equals("gpt-2")) {
            throw new IOException("only byte-level BPE with the gpt-2 pre-tokenizer is supported");
        }
        char[] byteToChar = byteToChar();
        Map<Character, Byte> charToByte = new HashMap<>();
        for (int b = 0; b < BYTES; b++) {
            charToByte.put(byteToChar[b], (byte) b);
        }
        List<String> tokens = file.strings("tokenizer.ggml.tokens");
        List<Long> types = file.integers("tokenizer.ggml.token_type");
        if (types.size() != tokens.size()) {
            throw new IOException("the vocabulary and its types differ in length");
        }
        for (int id = 0; id < tokens.size(); id++) {
            int type = types.get(id).intValue();
            String token = tokens.get(id);
            ids.put(token, id);
            if (type == TYPE_CONTROL || type == TYPE_USER_DEFINED) {
                special.put(token, id);
            }
            texts.add(type == TYPE_CONTROL ? new byte[0] : type == TYPE_USER_DEFINED ? token.getBytes(StandardCharsets.UTF_8) : bytes(token, charToByte));
        }
        for (int b = 0; b < BYTES; b++) {
            byteIds[b] = id(String.valueOf(byteToChar[b]));
        }
        readMerges(file.strings("tokenizer.ggml.merges"));
        specialPattern = specialPattern();
        endOfText = file.integer("tokenizer.ggml.eos_token_id");
        endOfTurn = file.has("tokenizer.ggml.eot_token_id") ? file.integer("tokenizer.ggml.eot_token_id") : endOfText;
        if (file.flag("tokenizer.ggml.add_bos_token")) {
            throw new IOException("a tokenizer that adds a begin token is not supported");
        }
    }

    private void readMerges(List<String> pairs) throws IOException {
        for (int rank = 0; rank < pairs.size(); rank++) {
            String pair = pairs.get(rank);
            int space = pair.indexOf(' ', 1);
            if (space < 0) {
                throw new IOException("merge " + rank + " is not a pair");
            }
            String left = pair.substring(0, space);
            String right = pair.substring(space + 1);
            merges.putIfAbsent(key(id(left), id(right)), new Merge(rank, id(left + right)));
        }
    }

    /** Longest first, so that no special token hides one that it begins. */
    private Pattern specialPattern() {
        StringBuilder alternatives = new StringBuilder();
        special.keySet().stream().sorted((a, b) -> b.length() - a.length())
                .forEach(token -> alternatives.append(alternatives.isEmpty() ? "" : "|").append(Pattern.quote(token)));
        return Pattern.compile(alternatives.isEmpty() ? "(?!)" : alternatives.toString());
    }

    private int id(String token) throws IOException {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IOException("the vocabulary lacks a token that its merges need");
        }
        return id;
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    /** GPT-2's printable stand-ins: visible Latin-1 characters stand for themselves, the other bytes for U+0100 and up. */
    private static char[] byteToChar() {
        char[] chars = new char[BYTES];
        int next = BYTES;
        for (int b = 0; b < BYTES; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            chars[b] = (char) (visible ? b : next++);
        }
        return chars;
    }

    private static byte[] bytes(String token, Map<Character, Byte> charToByte) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            Byte value = charToByte.get(token.charAt(i));
            if (value == null) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = value;
        }
        return bytes;
    }

    /** Encodes text, special tokens included. */
    int[] encode(String text) {
        IntList out = new IntList();
        Matcher matcher = specialPattern.matcher(text);
        int from = 0;
        while (matcher.find()) {
            encodePlain(text.substring(from, matcher.start()), out);
            out.add(special.get(matcher.group()));
            from = matcher.end();
        }
        encodePlain(text.substring(from), out);
        return out.toArray();
    }

    private void encodePlain(String text, IntList out) {
        Matcher matcher = WORDS.matcher(text);
        while (matcher.find()) {
            encodeWord(matcher.group().getBytes(StandardCharsets.UTF_8), out);
        }
    }

    /** Applies the merges of one word, lowest rank first and leftmost among equals, over a linked list of symbols. */
    private void encodeWord(byte[] word, IntList out) {
        int n = word.length;
        int[] symbols = new int[n];
        int[] next = new int[n];
        int[] previous = new int[n];
        for (int i = 0; i < n; i++) {
            symbols[i] = byteIds[Byte.toUnsignedInt(word[i])];
            next[i] = i + 1 < n ? i + 1 : -1;
            previous[i] = i - 1;
        }
        PriorityQueue<Candidate> queue = new PriorityQueue<>();
        for (int i = 0; i + 1 < n; i++) {
            offer(queue, i, symbols, next);
        }
        while (!queue.isEmpty()) {
            Candidate best = queue.remove();
            int right = next[best.left];
            if (symbols[best.left] != best.leftId || right < 0 || symbols[right] != best.rightId) {
                continue;
            }
            symbols[best.left] = best.merged;
            symbols[right] = -1;
            next[best.left] = next[right];
            if (next[right] >= 0) {
                previous[next[right]] = best.left;
            }
            offer(queue, best.left, symbols, next);
            if (previous[best.left] >= 0) {
                offer(queue, previous[best.left], symbols, next);
            }
        }
        for (int i = 0; i >= 0 && i < n; i = next[i]) {
            out.add(symbols[i]);
        }
    }

    private void offer(PriorityQueue<Candidate> queue, int left, int[] symbols, int[] next) {
        if (next[left] < 0) {
            return;
        }
        Merge merge = merges.get(key(symbols[left], symbols[next[left]]));
        if (merge != null) {
            queue.add(new Candidate(merge.rank, left, symbols[left], symbols[next[left]], merge.merged));
        }
    }

    /** The bytes a token stands for: none for control tokens, possibly part of a character for others. */
    byte[] bytes(int token) {
        return texts.get(token);
    }

    /** Whether this token ends an answer. */
    boolean endsAnswer(int token) {
        return token == endOfText || token == endOfTurn;
    }

    /** The token with which the model ends a turn. */
    int endOfAnswer() {
        return endOfTurn;
    }

    /** The id of a special token, or -1 when the vocabulary has none of this text. */
    int specialId(String text) {
        return special.getOrDefault(text, -1);
    }

    /** A growing list of ints. */
    private static final class IntList {
        private int[] values = new int[64];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return java.util.Arrays.copyOf(values, size);
        }
    }
}
