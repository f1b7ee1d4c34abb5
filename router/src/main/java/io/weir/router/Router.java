package io.weir.router;

import io.weir.router.chat.ChatRequest;
import io.weir.router.chat.InputBound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides who answers. Pure and deterministic: the pipeline and explain ask the same object. Called on the request's thread, free of waits.
 *
 * <p>Two steps, because money stands between them: {@link #candidates} filters and orders everybody who could answer; after the worst case is
 * reserved, {@link #decide} takes the first of them that the reservation affords.
 */
public final class Router {

    /** The chosen one and its fallbacks: more attempts than that help nobody inside one deadline. */
    public static final int MAX_OFFERS = 1 + Decision.MAX_FALLBACKS;

    /** Filters everybody who could answer and orders the rest, best first. */
    public Candidates candidates(Classified classified, List<Candidate> all) {
        long inputBound = InputBound.of(classified.request());
        List<Offer> offers = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        for (Candidate candidate : all) {
            String reason = reject(classified, candidate, inputBound);
            if (reason != null) {
                rejected.add(new Rejection(candidate, reason));
            } else {
                offers.add(offer(classified.request(), candidate, inputBound));
            }
        }
        boolean complex = classified.complexity().milli() >= classified.policy().thresholdMilli();
        String rule = rule(classified.request(), offers, complex);
        offers.sort(Comparator.comparing(offer -> (offer.candidate().route() == Route.BEDROCK) != complex));
        while (offers.size() > MAX_OFFERS) {
            rejected.add(new Rejection(offers.removeLast().candidate(), "not_needed"));
        }
        return new Candidates(classified, offers, rejected, rule);
    }

    /**
     * The first offer the hold affords, with the affordable rest as fallbacks.
     *
     * @param affordable what is held: no offer with a higher ceiling may be opened
     */
    public Decision decide(Candidates candidates, Money affordable) {
        List<Offer> offers = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>(candidates.rejected());
        for (Offer offer : candidates.offers()) {
            if (offer.ceiling().compareTo(affordable) <= 0) {
                offers.add(offer);
            } else {
                rejected.add(new Rejection(offer.candidate(), "unaffordable"));
            }
        }
        if (offers.isEmpty()) {
            throw new IllegalStateException("a grant affords at least one offer");
        }
        Classified classified = candidates.classified();
        return new Decision(
                offers.getFirst(),
                offers.subList(1, offers.size()),
                candidates.rule(),
                rejected,
                classified.complexity(),
                classified.sensitivity());
    }

    private static @Nullable String reject(Classified classified, Candidate candidate, long inputBound) {
        String asked = classified.request().model();
        if (!asked.equals(ModelId.AUTO) && !asked.equals(candidate.model().value())) {
            return "not_asked";
        }
        if (!classified.policy().allows(candidate.model())) {
            return "not_allowed";
        }
        if (!classified.sensitivity().permits(candidate.residency())) {
            return "fence";
        }
        if (candidate.price() == null) {
            return "price_unknown";
        }
        if (candidate.health() == Candidate.Health.DOWN) {
            return "down";
        }
        if (inputBound >= candidate.limits().contextWindow()) {
            return "context_window";
        }
        return candidate.limits().unmet(classified.request().sampling()).map(wish -> "lacks_" + wish.field()).orElse(null);
    }

    private static Offer offer(ChatRequest request, Candidate candidate, long inputBound) {
        PriceVersion price = Objects.requireNonNull(candidate.price());
        long left = candidate.limits().contextWindow() - inputBound;
        long cap = Math.min(left, candidate.limits().maxOutputTokens());
        Integer asked = request.answer().maxTokens();
        if (asked != null) {
            cap = Math.min(cap, asked);
        }
        int outputCap = Math.toIntExact(cap);
        return new Offer(candidate, price, inputBound, outputCap, price.price().ceiling(inputBound, outputCap));
    }

    private static String rule(ChatRequest request, List<Offer> offers, boolean complex) {
        if (!request.model().equals(ModelId.AUTO)) {
            return "pinned";
        }
        boolean onPrem = offers.stream().anyMatch(offer -> offer.candidate().route() == Route.ON_PREM);
        boolean cloud = offers.stream().anyMatch(offer -> offer.candidate().route() == Route.BEDROCK);
        if (complex) {
            return cloud ? "complex-to-bedrock" : "complex-without-bedrock";
        }
        return onPrem ? "simple-on-prem" : "simple-without-on-prem";
    }
}
