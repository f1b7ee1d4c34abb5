package io.weir.gateway.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import java.io.IOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of the admin API strictly: no unknown or doubled field, nothing after the object, no coercion. */
final class AdminJson {

    private static final int MAX_DEPTH = 16;

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .addModule(new JavaTimeModule())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    <T> T read(byte[] body, Class<T> type) {
        ObjectReader reader = mapper.readerFor(type);
        try (JsonParser parser = mapper.getFactory().createParser(body)) {
            T value = reader.readValue(parser);
            if (value == null) {
                throw invalid("invalid_json", null, "The body is not a JSON object.");
            }
            return value;
        } catch (UnrecognizedPropertyException unknown) {
            throw invalid("unknown_parameter", path(unknown), "There is no such field.");
        } catch (JsonMappingException mapping) {
            String field = path(mapping);
            throw field.isEmpty() ? malformed() : invalid("invalid_value", field, "The field has the wrong type or form.");
        } catch (JsonProcessingException malformed) {
            throw malformed();
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory can be read", impossible);
        }
    }

    private static Refusal malformed() {
        return invalid("invalid_json", null, "The body is not one well-formed JSON object.");
    }

    static Refusal invalid(String code, @Nullable String field, String message) {
        return new Refusal(new GatewayError.Invalid(code, field, message));
    }

    private static String path(JsonMappingException exception) {
        return exception.getPath().stream().map(JsonMappingException.Reference::getFieldName).collect(Collectors.joining("."));
    }
}
