package io.weir.gateway.bedrock;

import io.weir.router.EngineId;
import io.weir.router.Permit;
import io.weir.router.Ticker;
import io.weir.router.stream.StreamEvent.Broken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one call needs to know of its surroundings.
 *
 * @param engine the engine asked
 * @param permit the attempt it is
 * @param ticker what deadlines are measured by
 */
record CallContext(EngineId engine, Permit permit, Ticker ticker) {

    private static final Logger LOG = LoggerFactory.getLogger(CallContext.class);

    /** Says why a call broke, in the service's error code and never in its words. What somebody must mend is a warning. */
    void log(Broken broken, Throwable failure) {
        switch (broken.cause()) {
            case DENIED, MALFORMED -> LOG.warn("engine={} requestId={} attempt={} cause={} error={}", fields(broken, failure));
            case UNREACHABLE, THROTTLED, UNAVAILABLE, SERVER_ERROR, INVALID, CONTEXT_EXCEEDED, CUT, TIMED_OUT, CANCELLED ->
                LOG.debug("engine={} requestId={} attempt={} cause={} error={}", fields(broken, failure));
        }
    }

    private Object[] fields(Broken broken, Throwable failure) {
        return new Object[] {engine, permit.request(), permit.attempt(), broken.cause(), ConverseErrors.code(failure)};
    }
}
