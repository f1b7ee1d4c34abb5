package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.Limits;
import io.weir.tenancy.Unsupported;

/**
 * Reads the body of {@code POST /v1/chat/completions}, as strictly as OpenAI and more: one JSON object in strict UTF-8, no key twice, nothing
 * behind it, every field known, of its type and within {@link Limits}. JSON null in an optional field is its absence.
 *
 * <p>Throws nothing but {@link Refusal}, whose message names fields and quotes no value. Thread-safe, free of waits: called on the request's
 * thread.
 */
public final class OpenAiChatParser {

    /** Longer than any name of the API or any metadata key in UTF-8; bounds what a parser remembers of names. */
    private static final int NAME_BYTES = 1024;
    /** As many as requests parse at the same instant; each holds a few KiB. */
    private static final int POOLED_BUFFERS = 64;

    private final JsonFactory factory = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.JSON_DEPTH)
                    .maxNumberLength(Limits.NUMBER_DIGITS)
                    .maxStringLength(Limits.BODY_BYTES)
                    .maxNameLength(NAME_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .build();

    /** Reads a request of a tenant that wants to be told what is not built. */
    public ChatRequest parse(byte[] body) {
        return parse(body, Unsupported.REFUSE).request();
    }

    /**
     * Reads a request.
     *
     * @param body as it came; not changed, not kept
     * @param unsupported what to do with fields that are not built
     */
    public ParsedChat parse(byte[] body, Unsupported unsupported) {
        if (body.length > Limits.BODY_BYTES) {
            throw new Refusal(new GatewayError.TooLarge(Limits.BODY_BYTES));
        }
        String problem = BodyCheck.problem(body);
        if (problem != null) {
            throw JsonCursor.invalidJson(problem);
        }
        try (JsonCursor in = new JsonCursor(factory, body)) {
            OpenAiChatFields fields = new OpenAiChatFields(in, new Leniency(unsupported));
            while (in.nextField()) {
                fields.read(in.name());
            }
            in.end();
            return fields.finish();
        }
    }
}
