package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.router.Money;
import io.weir.tenancy.ledger.Ledger.Tokens;
import java.io.IOException;

/** Members that Weir's own documents share. */
final class WeirFields {

    private WeirFields() {}

    /** Money is a decimal string with its currency, and beside it whole nano-dollars. */
    static void money(JsonGenerator out, String name, Money money) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeStringField("amount", money.toDecimal());
        out.writeStringField("currency", Money.CURRENCY);
        out.writeEndObject();
        out.writeNumberField(name + "Nanos", money.nanos());
    }

    static void tokens(JsonGenerator out, Tokens tokens) throws IOException {
        out.writeObjectFieldStart("usage");
        out.writeNumberField("inputFresh", tokens.inputFresh());
        out.writeNumberField("cacheRead", tokens.cacheRead());
        out.writeNumberField("cacheWrite", tokens.cacheWrite());
        out.writeNumberField("output", tokens.output());
        out.writeNumberField("reasoning", tokens.reasoning());
        out.writeEndObject();
    }

    static Tokens sum(Tokens one, Tokens other) {
        return new Tokens(
                Math.addExact(one.inputFresh(), other.inputFresh()),
                Math.addExact(one.cacheRead(), other.cacheRead()),
                Math.addExact(one.cacheWrite(), other.cacheWrite()),
                Math.addExact(one.output(), other.output()),
                Math.addExact(one.reasoning(), other.reasoning()));
    }
}
