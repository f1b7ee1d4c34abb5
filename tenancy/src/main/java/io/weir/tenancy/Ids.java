package io.weir.tenancy;

import java.util.regex.Pattern;

/** The one form of every id an admin may choose: {@code [a-z0-9][a-z0-9-]{0,62}}, so that no id can be mistaken for two. */
public final class Ids {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Ids() {}

    public static boolean isValid(String value) {
        return FORM.matcher(value).matches();
    }

    static void check(String value) {
        if (!isValid(value)) {
            throw new IllegalArgumentException("an id is 1 to 63 of a-z, 0-9 and '-', and does not begin with '-'");
        }
    }
}
