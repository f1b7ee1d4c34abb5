package io.weir.gateway.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.weir.router.Candidate;
import io.weir.router.Candidates;
import io.weir.router.Classified;
import io.weir.router.Decision;
import io.weir.router.Money;
import io.weir.router.Offer;
import io.weir.router.Rejection;
import io.weir.router.RoutingPolicy;
import io.weir.router.TokenPrice;
import io.weir.router.score.Complexity;
import io.weir.router.score.Sensitivity;
import io.weir.tenancy.admission.Admission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes decisions: for the ledger ({@link #decision}), and for {@code POST /v1/route/explain} ({@link #explanation}). Holds names and numbers,
 * never content. Schema: {@code docs/api/explain.schema.json}. Thread-safe.
 */
public final class WeirDecisionWriter {

    private WeirDecisionWriter() {}

    /** The decision as it is stored with an intent and shown in the receipt. */
    public static String decision(Decision decision, RoutingPolicy policy) {
        byte[] json = JsonOut.object(out -> {
            chosen(out, decision);
            fallbacks(out, decision);
            evidence(out, decision.complexity(), policy, decision.sensitivity());
            rejected(out, decision.rejected());
        });
        return new String(json, StandardCharsets.UTF_8);
    }

    /**
     * The answer to explain.
     *
     * @param candidates who could answer, and who not and why
     * @param decision what would be decided; null where nobody may answer
     * @param admission whether it would be admitted now; null where nobody may answer
     * @param ceiling what would be reserved
     */
    public static byte[] explanation(
            Candidates candidates, @Nullable Decision decision, @Nullable Admission admission, Money ceiling) {
        Classified classified = candidates.classified();
        return JsonOut.object(out -> {
            out.writeStringField("object", "weir.explanation");
            if (decision == null) {
                out.writeNullField("decision");
            } else {
                out.writeObjectFieldStart("decision");
                chosen(out, decision);
                fallbacks(out, decision);
                out.writeEndObject();
            }
            evidence(out, classified.complexity(), classified.policy(), classified.sensitivity());
            offers(out, candidates.offers());
            rejected(out, decision == null ? candidates.rejected() : decision.rejected());
            WeirFields.money(out, "ceiling", ceiling);
            admission(out, admission);
        });
    }

    private static void chosen(JsonGenerator out, Decision decision) throws IOException {
        place(out, decision.chosen().candidate());
        JsonOut.text(out, "rule", decision.rule());
    }

    private static void fallbacks(JsonGenerator out, Decision decision) throws IOException {
        out.writeArrayFieldStart("fallbacks");
        for (Offer fallback : decision.fallbacks()) {
            out.writeStartObject();
            place(out, fallback.candidate());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void evidence(JsonGenerator out, Complexity complexity, RoutingPolicy policy, Sensitivity sensitivity)
            throws IOException {
        out.writeStringField("sensitivity", sensitivity.label());
        out.writeObjectFieldStart("complexity");
        out.writeNumberField("milli", complexity.milli());
        JsonOut.text(out, "scorer", complexity.scorer());
        out.writeArrayFieldStart("signals");
        for (Complexity.Signal signal : complexity.signals()) {
            out.writeStartObject();
            JsonOut.text(out, "name", signal.name());
            out.writeNumberField("milli", signal.milli());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeObjectFieldStart("threshold");
        out.writeNumberField("milli", policy.thresholdMilli());
        out.writeEndObject();
    }

    private static void offers(JsonGenerator out, List<Offer> offers) throws IOException {
        out.writeArrayFieldStart("offers");
        for (Offer offer : offers) {
            out.writeStartObject();
            place(out, offer.candidate());
            price(out, offer);
            out.writeNumberField("inputBound", offer.inputBound());
            out.writeNumberField("outputCap", offer.outputCap());
            WeirFields.money(out, "ceiling", offer.ceiling());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void price(JsonGenerator out, Offer offer) throws IOException {
        TokenPrice price = offer.price().price();
        out.writeNumberField("priceVersion", offer.price().version());
        out.writeObjectFieldStart("price");
        out.writeNumberField("inputFreshNanos", price.inputFresh());
        out.writeNumberField("cacheReadNanos", price.cacheRead());
        out.writeNumberField("cacheWriteNanos", price.cacheWrite());
        out.writeNumberField("outputNanos", price.output());
        out.writeEndObject();
    }

    private static void rejected(JsonGenerator out, List<Rejection> rejections) throws IOException {
        out.writeArrayFieldStart("rejected");
        for (Rejection rejection : rejections) {
            out.writeStartObject();
            place(out, rejection.candidate());
            JsonOut.text(out, "reason", rejection.reason());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void admission(JsonGenerator out, @Nullable Admission admission) throws IOException {
        if (admission == null) {
            out.writeNullField("admission");
            return;
        }
        out.writeObjectFieldStart("admission");
        switch (admission) {
            case Admission.Granted granted -> {
                out.writeBooleanField("granted", true);
                out.writeNullField("cause");
                out.writeNullField("retryAfterSeconds");
            }
            case Admission.Refused refused -> {
                out.writeBooleanField("granted", false);
                out.writeStringField("cause", refused.cause().name().toLowerCase(Locale.ROOT));
                retryAfter(out, refused.retryAfter());
            }
        }
        out.writeEndObject();
    }

    /** Whole seconds, rounded up: after them the same request has room. */
    private static void retryAfter(JsonGenerator out, @Nullable Duration delay) throws IOException {
        if (delay == null) {
            out.writeNullField("retryAfterSeconds");
        } else {
            out.writeNumberField("retryAfterSeconds", delay.toSeconds() + (delay.toNanosPart() > 0 ? 1 : 0));
        }
    }

    private static void place(JsonGenerator out, Candidate candidate) throws IOException {
        JsonOut.text(out, "model", candidate.model().value());
        out.writeStringField("route", candidate.route().label());
        JsonOut.text(out, "engine", candidate.engine().value());
    }
}
