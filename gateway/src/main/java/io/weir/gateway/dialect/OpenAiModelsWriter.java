package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.router.ModelId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Writes the models a caller may name. Thread-safe. */
public final class OpenAiModelsWriter {

    private static final String WEIR = "weir";

    private OpenAiModelsWriter() {}

    /**
     * A model as it is listed.
     *
     * @param id its own name
     * @param created since when Weir serves it
     * @param ownedBy who runs it: the route's label
     */
    public record Listed(ModelId id, Instant created, String ownedBy) {

        /** The name under which Weir chooses. */
        public static Listed auto(Instant created) {
            return new Listed(new ModelId(ModelId.AUTO), created, WEIR);
        }
    }

    /** The body of {@code GET /v1/models}: {@code auto} first, the rest in the order given. */
    public static byte[] list(Listed auto, List<Listed> models) {
        return JsonOut.object(out -> {
            out.writeStringField("object", "list");
            out.writeArrayFieldStart("data");
            member(out, auto);
            for (Listed model : models) {
                member(out, model);
            }
            out.writeEndArray();
        });
    }

    /** The body of {@code GET /v1/models/{model}}. */
    public static byte[] one(Listed model) {
        return JsonOut.object(out -> members(out, model));
    }

    private static void member(JsonGenerator out, Listed model) throws IOException {
        out.writeStartObject();
        members(out, model);
        out.writeEndObject();
    }

    private static void members(JsonGenerator out, Listed model) throws IOException {
        JsonOut.text(out, "id", model.id().value());
        out.writeStringField("object", "model");
        out.writeNumberField("created", model.created().getEpochSecond());
        JsonOut.text(out, "owned_by", model.ownedBy());
    }
}
