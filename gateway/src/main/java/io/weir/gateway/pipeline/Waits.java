package io.weir.gateway.pipeline;

import java.time.Duration;

/**
 * How long an engine may take.
 *
 * @param firstEvent until its first event
 * @param nextEvent between two events
 * @param total for the whole answer, all attempts together
 */
public record Waits(Duration firstEvent, Duration nextEvent, Duration total) {}
