package io.weir.tenancy.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A caller's tags in a column of type {@code jsonb}. */
final class Tags {

    private static final char UNKNOWN = '\uFFFD';
    private static final char FIRST_PRINTABLE = 0x20;

    private Tags() {}

    /** A JSON object (RFC 8259). NUL, which PostgreSQL cannot keep, becomes U+FFFD. */
    static String toJson(Map<String, String> tags) {
        StringBuilder json = new StringBuilder("{");
        tags.forEach((name, value) -> {
            json.append(json.length() == 1 ? "" : ",");
            quote(json, name);
            json.append(':');
            quote(json, value);
        });
        return json.append('}').toString();
    }

    static Map<String, String> read(ResultSet row) throws SQLException {
        String[] names = (String[]) row.getArray("tag_names").getArray();
        String[] values = (String[]) row.getArray("tag_values").getArray();
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            tags.put(names[i], values[i]);
        }
        return tags;
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == 0) {
                json.append(UNKNOWN);
            } else if (c < FIRST_PRINTABLE) {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
