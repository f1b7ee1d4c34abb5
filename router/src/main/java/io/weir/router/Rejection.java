package io.weir.router;

/**
 * A candidate that will not answer, and why.
 *
 * @param candidate who was looked at
 * @param reason a fixed word: {@code not_asked}, {@code not_allowed}, {@code fence}, {@code down}, {@code price_unknown},
 *     {@code context_window}, {@code lacks_seed}, {@code lacks_temperature}, {@code not_needed}, {@code unaffordable}
 */
public record Rejection(Candidate candidate, String reason) {}
