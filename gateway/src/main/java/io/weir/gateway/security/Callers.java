package io.weir.gateway.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.weir.tenancy.Caller;
import java.util.Objects;

/** Reads the caller off a verified identity. */
public final class Callers {

    private Callers() {}

    /** The caller of a request that passed {@code @RolesAllowed("caller")}. */
    public static Caller of(SecurityIdentity identity) {
        return Objects.requireNonNull(identity.<Caller>getAttribute(BearerMechanism.CALLER_ATTRIBUTE), "a caller's identity carries its caller");
    }
}
