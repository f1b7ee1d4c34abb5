package io.weir.gateway.pipeline;

import io.weir.tenancy.Caller;
import java.util.Optional;

/** Turns a credential into who calls. API keys now; OAuth2 tokens implement the same port. Answers from memory, never blocks. */
public interface CallerResolver {

    /** Empty for a credential that is unknown, expired or revoked. */
    Optional<Caller> resolve(String bearer);
}
