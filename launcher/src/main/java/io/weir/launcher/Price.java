package io.weir.launcher;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The price of one model in US dollars per 1,000,000 tokens, as decimal text: it is passed on, never computed with.
 *
 * @param cached the price of input read from the engine's cache, where it differs
 */
public record Price(String model, String input, String output, Optional<String> cached) {
    /** Nano-dollars are the smallest unit of the ledger; ten million dollars for a million tokens is no price. */
    private static final String AMOUNT = "\\d{1,7}(?:\\.\\d{1,9})?";
    static final String MODEL = "[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}";
    private static final Pattern FORM =
            Pattern.compile("(" + MODEL + ")=(" + AMOUNT + "),(" + AMOUNT + ")(?:,(" + AMOUNT + "))?");

    /** Throws {@link IllegalArgumentException} with the rest of a sentence that begins with the flag's name. */
    static Price parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "is not MODEL=IN,OUT[,CACHED] in US dollars per 1,000,000 tokens, such as my-model=0.05,0.20");
        }
        return new Price(matcher.group(1), matcher.group(2), matcher.group(3), Optional.ofNullable(matcher.group(4)));
    }
}
