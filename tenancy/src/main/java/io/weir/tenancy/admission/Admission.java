package io.weir.tenancy.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The answer to a {@link Claim}. */
public sealed interface Admission {

    /** The worst case is held in every scope. */
    record Granted(Grant grant) implements Admission {}

    /**
     * Nothing is held, nothing was consumed.
     *
     * @param retryAfter how long until the same claim has room if nobody else calls, or null where that is unknown or never
     */
    record Refused(RefusalCause cause, @Nullable Duration retryAfter) implements Admission {}
}
