package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.weir.router.Money;
import io.weir.tenancy.ledger.Ledger.Receipt;
import io.weir.tenancy.ledger.Ledger.State;
import io.weir.tenancy.ledger.Ledger.Tokens;
import io.weir.tenancy.ledger.Ledger.UsageLine;
import io.weir.tenancy.ledger.LedgerEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the ledger says: {@code GET /v1/requests/{id}} and the usage reports. Schemas: {@code docs/api/request.schema.json},
 * {@code docs/api/usage.schema.json}. Times are RFC 3339 in UTC. Thread-safe.
 */
public final class WeirLedgerWriter {

    private static final JsonFactory STORED = new JsonFactory();
    private static final Tokens NONE = new Tokens(0, 0, 0, 0, 0);

    private WeirLedgerWriter() {}

    /** A receipt: the stored decision's members, then what was booked. Usage and cost are the entries' sums, and absent while it is open. */
    public static byte[] receipt(Receipt receipt) {
        return JsonOut.object(out -> {
            out.writeStringField("id", receipt.request().toString());
            out.writeStringField("object", "weir.request");
            out.writeStringField("state", receipt.state().label());
            members(out, receipt.decision());
            out.writeArrayFieldStart("attempts");
            for (LedgerEntry entry : receipt.attempts()) {
                entry(out, entry);
            }
            out.writeEndArray();
            if (receipt.state() != State.OPEN) {
                booked(out, receipt);
            }
            out.writeStringField("effectiveAt", receipt.effectiveAt().toString());
        });
    }

    /**
     * A usage report with its total.
     *
     * @param from inclusive, or null
     * @param to exclusive, or null
     */
    public static byte[] usage(@Nullable Instant from, @Nullable Instant to, List<UsageLine> lines) {
        return JsonOut.object(out -> {
            out.writeStringField("object", "weir.usage");
            out.writeStringField("from", from == null ? null : from.toString());
            out.writeStringField("to", to == null ? null : to.toString());
            out.writeArrayFieldStart("lines");
            for (UsageLine line : lines) {
                out.writeStartObject();
                out.writeStringField("tenant", line.tenant().value());
                JsonOut.text(out, "project", line.project());
                JsonOut.text(out, "model", line.model());
                JsonOut.text(out, "route", line.route());
                sums(out, new Sums(line.requests(), line.tokens(), line.cost(), line.estimated()));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeObjectFieldStart("total");
            sums(out, lines.stream().reduce(Sums.NOTHING, Sums::plus, Sums::plus));
            out.writeEndObject();
        });
    }

    private static void booked(JsonGenerator out, Receipt receipt) throws IOException {
        WeirFields.tokens(out, receipt.attempts().stream().map(LedgerEntry::tokens).reduce(NONE, WeirFields::sum));
        WeirFields.money(out, "cost", receipt.cost());
    }

    private record Sums(long requests, Tokens tokens, Money cost, Money estimated) {

        static final Sums NOTHING = new Sums(0, NONE, Money.ZERO, Money.ZERO);

        Sums plus(UsageLine line) {
            return plus(new Sums(line.requests(), line.tokens(), line.cost(), line.estimated()));
        }

        Sums plus(Sums other) {
            return new Sums(
                    Math.addExact(requests, other.requests),
                    WeirFields.sum(tokens, other.tokens),
                    cost.plus(other.cost),
                    estimated.plus(other.estimated));
        }
    }

    private static void sums(JsonGenerator out, Sums sums) throws IOException {
        out.writeNumberField("requests", sums.requests());
        WeirFields.tokens(out, sums.tokens());
        WeirFields.money(out, "cost", sums.cost());
        WeirFields.money(out, "estimated", sums.estimated());
    }

    private static void entry(JsonGenerator out, LedgerEntry entry) throws IOException {
        out.writeStartObject();
        out.writeNumberField("attempt", entry.key().attempt());
        out.writeStringField("kind", entry.key().kind().name().toLowerCase(Locale.ROOT));
        JsonOut.text(out, "cause", entry.key().cause());
        JsonOut.text(out, "model", entry.served().model().value());
        out.writeStringField("route", entry.served().route().label());
        JsonOut.text(out, "engine", entry.served().engine().value());
        out.writeNumberField("priceVersion", entry.served().priceVersion());
        out.writeStringField("basis", entry.basis().name().toLowerCase(Locale.ROOT));
        JsonOut.text(out, "outcome", entry.outcome());
        WeirFields.tokens(out, entry.tokens());
        WeirFields.money(out, "cost", entry.amount());
        out.writeStringField("bookedAt", entry.bookedAt().toString());
        out.writeEndObject();
    }

    private static void members(JsonGenerator out, String object) throws IOException {
        try (JsonParser stored = STORED.createParser(object)) {
            if (stored.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalStateException("a stored decision is a JSON object");
            }
            while (stored.nextToken() == JsonToken.FIELD_NAME) {
                out.copyCurrentStructure(stored);
            }
        }
    }
}
