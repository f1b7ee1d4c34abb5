package io.weir.gateway.dialect;

import io.weir.router.chat.Limits;
import io.weir.router.chat.Message;
import io.weir.router.chat.Message.Role;
import io.weir.router.chat.Part;
import io.weir.tenancy.Unsupported;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code messages} of a chat request. What carries content that Weir cannot pass on is always refused, never left out. */
final class OpenAiMessages {

    private final JsonCursor in;
    private final Leniency leniency;

    OpenAiMessages(JsonCursor in, Leniency leniency) {
        this.in = in;
        this.leniency = leniency;
    }

    List<Message> read() {
        List<Message> messages = new ArrayList<>();
        in.enterArray();
        while (in.nextElement()) {
            if (messages.size() == Limits.MESSAGES) {
                throw JsonCursor.refusal(JsonCursor.INVALID_VALUE, "messages", "must have at most " + Limits.MESSAGES + " elements");
            }
            messages.add(message());
        }
        if (messages.isEmpty()) {
            throw in.invalidValue("must have at least one element");
        }
        return messages;
    }

    private Message message() {
        in.enterObject();
        Role role = null;
        List<Part> parts = null;
        while (in.nextField()) {
            switch (in.name()) {
                case "role" -> role = role();
                case "content" -> parts = content();
                case "name", "reasoning", "reasoning_content" -> optional("messages[]." + in.name());
                case "annotations" -> optionalArray("messages[].annotations");
                case "tool_calls" -> emptyToolCalls();
                case "audio", "function_call", "refusal", "tool_call_id" -> nothing();
                default -> throw in.unknown();
            }
        }
        if (role == null) {
            throw in.missing("role");
        }
        if (parts == null) {
            throw in.missing("content");
        }
        return new Message(role, parts);
    }

    private Role role() {
        String label = in.string(Limits.IDENTIFIER_CHARACTERS);
        return switch (label) {
            case "system" -> Role.SYSTEM;
            case "developer" -> Role.DEVELOPER;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool", "function" -> throw in.unsupported();
            default -> throw in.invalidValue("must be system, developer, user or assistant");
        };
    }

    private List<Part> content() {
        if (in.isString()) {
            return List.of(new Part.Text(in.string(Limits.BODY_BYTES)));
        }
        if (!in.isArray()) {
            throw in.invalidType("a string or an array of text parts");
        }
        List<Part> parts = new ArrayList<>();
        while (in.nextElement()) {
            if (parts.size() == Limits.PARTS) {
                throw in.invalidValue("is one part too many: a message has at most " + Limits.PARTS);
            }
            parts.add(part());
        }
        if (parts.isEmpty()) {
            throw in.invalidValue("must have at least one part");
        }
        return parts;
    }

    private Part part() {
        in.enterObject();
        String text = null;
        boolean typed = false;
        String foreign = null;
        while (in.nextField()) {
            switch (in.name()) {
                case "type" -> typed = textType();
                case "text" -> text = in.string(Limits.BODY_BYTES);
                case "prompt_cache_breakpoint" -> optional("messages[].content[].prompt_cache_breakpoint");
                case "image_url", "input_audio", "file", "refusal" -> foreign = foreign(foreign);
                default -> throw in.unknown();
            }
        }
        if (!typed) {
            throw in.missing("type");
        }
        if (foreign != null) {
            throw JsonCursor.refusal(JsonCursor.UNSUPPORTED, foreign, "does not belong to a part of type text");
        }
        if (text == null) {
            throw in.missing("text");
        }
        return new Part.Text(text);
    }

    /** A field of other parts: the type, which may stand behind it, is the better one to name. */
    private @Nullable String foreign(@Nullable String known) {
        String path = known != null || in.isNull() ? known : in.path();
        in.skip();
        return path;
    }

    private boolean textType() {
        return switch (in.string(Limits.IDENTIFIER_CHARACTERS)) {
            case "text" -> true;
            case "image_url", "input_audio", "file", "refusal" -> throw in.unsupported();
            default -> throw in.invalidValue("must be text");
        };
    }

    private void optional(String name) {
        if (!in.isNull()) {
            leniency.meet(in, name);
        }
    }

    private void optionalArray(String name) {
        if (!in.isNull()) {
            OpenAiUnbuilt.emptyArray(name, in, leniency);
        }
    }

    private void emptyToolCalls() {
        if (!in.isNull()) {
            OpenAiUnbuilt.emptyArray("messages[].tool_calls", in, new Leniency(Unsupported.REFUSE));
        }
    }

    private void nothing() {
        if (!in.isNull()) {
            throw in.unsupported();
        }
    }
}
