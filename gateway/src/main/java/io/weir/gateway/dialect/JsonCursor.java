package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.chat.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Walks one JSON body and turns whatever is wrong with it into a {@link Refusal} that says where, and never what. Used by one thread, for one
 * body.
 */
final class JsonCursor implements AutoCloseable {

    static final String INVALID_JSON = "invalid_json";
    static final String INVALID_TYPE = "invalid_type";
    static final String INVALID_VALUE = "invalid_value";
    static final String MISSING = "missing_required_parameter";
    static final String UNKNOWN = "unknown_parameter";
    static final String UNSUPPORTED = "unsupported_parameter";

    /** Of a name that is not ours, more than this is not repeated to the caller. */
    private static final int NAME_CHARACTERS_SHOWN = 64;

    private final JsonParser parser;

    /** Reads the first token, which begins an object. */
    JsonCursor(JsonFactory factory, byte[] body) {
        try {
            this.parser = factory.createParser(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        if (next() != JsonToken.START_OBJECT) {
            throw invalidJson("The body must be a JSON object.");
        }
    }

    /** Whether the object read has another field; if so, the cursor stands on its value. */
    boolean nextField() {
        if (next() != JsonToken.FIELD_NAME) {
            return false;
        }
        next();
        return true;
    }

    /** Whether the array read has another element; if so, the cursor stands on it. */
    boolean nextElement() {
        return next() != JsonToken.END_ARRAY;
    }

    /** The name of the field whose value the cursor stands on. Not for values that are an object or array already entered. */
    String name() {
        try {
            return parser.currentName();
        } catch (IOException broken) {
            throw malformed(broken);
        }
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    boolean isString() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** Enters the object the cursor stands on. */
    void enterObject() {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw invalidType("an object");
        }
    }

    /** Enters the array the cursor stands on. */
    void enterArray() {
        if (!isArray()) {
            throw invalidType("an array");
        }
    }

    String string(int maxCharacters) {
        if (!isString()) {
            throw invalidType("a string");
        }
        String text;
        try {
            text = parser.getText();
        } catch (IOException broken) {
            throw malformed(broken);
        }
        if (text.length() > maxCharacters) {
            throw invalidValue("must be at most " + maxCharacters + " characters long");
        }
        return text;
    }

    boolean bool() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw invalidType("true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** A number from {@code least} to {@code most}. */
    double number(double least, double most) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw invalidType("a number");
        }
        double value;
        try {
            value = parser.getDoubleValue();
        } catch (IOException broken) {
            throw malformed(broken);
        }
        if (!(value >= least && value <= most)) {
            throw invalidValue("must lie between " + trim(least) + " and " + trim(most));
        }
        return value == 0 ? 0 : value;
    }

    /** A whole number, written as one, from {@code least} to {@code most}. */
    long integer(long least, long most) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw invalidType("an integer");
        }
        try {
            if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                long value = parser.getLongValue();
                if (value >= least && value <= most) {
                    return value;
                }
            }
        } catch (IOException broken) {
            throw malformed(broken);
        }
        throw invalidValue("must be an integer between " + least + " and " + most);
    }

    /** Passes over the value, whatever it is; it is checked all the same. */
    void skip() {
        try {
            parser.skipChildren();
        } catch (IOException broken) {
            throw malformed(broken);
        }
    }

    /** Nothing but white space may follow the object. */
    void end() {
        if (next() != null) {
            throw invalidJson("The body goes on after the JSON object.");
        }
    }

    /** Where the cursor stands, e.g. {@code messages[2].content}. */
    String path() {
        StringBuilder path = new StringBuilder();
        append(parser.getParsingContext(), path);
        return path.toString();
    }

    Refusal invalidType(String expected) {
        return about(INVALID_TYPE, "must be " + expected);
    }

    Refusal invalidValue(String rule) {
        return about(INVALID_VALUE, rule);
    }

    /** Refuses the field the cursor stands on, as one OpenAI does not know. */
    Refusal unknown() {
        return about(UNKNOWN, "is no field of this API");
    }

    /** Refuses the field the cursor stands on, as one Weir has not built. */
    Refusal unsupported() {
        return about(UNSUPPORTED, "is not supported here, or not with this value");
    }

    /** Refuses an object that lacks a field; the cursor stands on the object's end. */
    Refusal missing(String field) {
        String path = path();
        return refusal(MISSING, path.isEmpty() ? field : path + "." + field, "is required");
    }

    private Refusal about(String code, String rule) {
        return refusal(code, path(), rule);
    }

    static Refusal refusal(String code, String param, String rule) {
        return new Refusal(new GatewayError.Invalid(code, param, "'" + param + "' " + rule + "."));
    }

    static Refusal invalidJson(String message) {
        return new Refusal(new GatewayError.Invalid(INVALID_JSON, null, message));
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException broken) {
            throw malformed(broken);
        }
    }

    private JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException broken) {
            throw malformed(broken);
        }
    }

    private static Refusal malformed(IOException broken) {
        if (broken instanceof StreamConstraintsException) {
            return invalidJson("The JSON nests deeper than " + Limits.JSON_DEPTH + " levels, or has a number longer than "
                    + Limits.NUMBER_DIGITS + " digits, or a name that is too long.");
        }
        if (!(broken instanceof JsonProcessingException syntax)) {
            throw new UncheckedIOException(broken);
        }
        if (syntax.getOriginalMessage().startsWith("Duplicate field")) {
            return invalidJson("An object in the JSON has the same key twice.");
        }
        long offset = syntax.getLocation() == null ? -1 : syntax.getLocation().getByteOffset();
        return invalidJson("The body is not valid JSON" + (offset < 0 ? "." : ", at or before byte " + offset + "."));
    }

    private static void append(JsonStreamContext context, StringBuilder path) {
        if (context.getParent() != null) {
            append(context.getParent(), path);
        }
        if (context.inArray() && context.hasCurrentIndex()) {
            path.append('[').append(context.getCurrentIndex()).append(']');
        } else if (context.inObject() && context.hasCurrentName()) {
            String name = context.getCurrentName();
            path.append(path.isEmpty() ? "" : ".");
            path.append(name, 0, Math.min(name.length(), NAME_CHARACTERS_SHOWN));
        }
    }

    private static String trim(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
