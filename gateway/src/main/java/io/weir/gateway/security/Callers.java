package io.weir.gateway.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.weir.tenancy.Caller;
import jakarta.inject.Singleton;
import java.util.Objects;

/** Reads the caller off the verified identity of the request under way. */
@Singleton
public class Callers {

    private final SecurityIdentity identity;

    Callers(SecurityIdentity identity) {
        this.identity = identity;
    }

    /** The caller of a request that passed {@code @RolesAllowed("caller")}. */
    public Caller current() {
        return Objects.requireNonNull(identity.<Caller>getAttribute(BearerMechanism.CALLER_ATTRIBUTE), "a caller's identity carries its caller");
    }
}
