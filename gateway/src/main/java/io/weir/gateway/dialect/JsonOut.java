package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON documents as UTF-8, without a tree. Half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD. Thread-safe.
 */
final class JsonOut {

    /** As many as answers are written at the same instant; each holds a few KiB. */
    private static final int POOLED_BUFFERS = 64;

    private static final int FIRST_BYTES = 512;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .build();

    private JsonOut() {}

    /** Writes one document. */
    @FunctionalInterface
    interface Document {
        void write(JsonGenerator out) throws IOException;
    }

    /** The members of one document's root object. */
    static byte[] object(Document members) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(FIRST_BYTES);
        try (JsonGenerator out = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            out.writeStartObject();
            members.write(out);
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** A member whose text may be anything. */
    static void text(JsonGenerator out, String name, @Nullable String text) throws IOException {
        out.writeStringField(name, text == null ? null : wellFormed(text));
    }

    /** The text as a JSON string in UTF-8, without its quotes. */
    static byte[] escaped(String text) {
        return JsonStringEncoder.getInstance().quoteAsUTF8(wellFormed(text));
    }

    /** The same text, with U+FFFD for each half of a surrogate pair. */
    static String wellFormed(String text) {
        int length = text.length();
        for (int at = 0; at < length; at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                return repaired(text, at);
            }
        }
        return text;
    }

    private static String repaired(String text, int from) {
        StringBuilder repaired = new StringBuilder(text.length()).append(text, 0, from);
        text.substring(from)
                .codePoints()
                .map(point -> point <= Character.MAX_VALUE && Character.isSurrogate((char) point) ? 0xFFFD : point)
                .forEach(repaired::appendCodePoint);
        return repaired.toString();
    }
}
