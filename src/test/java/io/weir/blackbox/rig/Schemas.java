package io.weir.blackbox.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The JSON Schemas that the product publishes in {@code docs/api}. */
public final class Schemas {

    private Schemas() {
    }

    /** Fails unless the document is what {@code docs/api/NAME.schema.json} says. */
    public static void check(String name, JsonNode document) {
        Path file = Clone.root().resolve("docs").resolve("api").resolve(name + ".schema.json");
        try {
            Set<ValidationMessage> messages = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Files.readString(file)).validate(document);
            if (!messages.isEmpty()) {
                throw new AssertionError(messages + " in " + document);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Fails unless it is an error of that status and code, in the form of {@code error.schema.json}, with an id. */
    public static void checkError(Reply reply, int status, String code) {
        if (reply.status() != status || !reply.code().equals(code)) {
            throw new AssertionError("expected " + status + " " + code + ", got " + reply);
        }
        check("error", reply.json());
        if (reply.requestId().isEmpty()) {
            throw new AssertionError("no x-request-id: " + reply);
        }
    }
}
