package io.weir.gateway.security;

import io.weir.gateway.pipeline.CallerResolver;
import io.weir.tenancy.ApiKey;
import io.weir.tenancy.Caller;
import io.weir.tenancy.Tenants;
import java.util.Optional;

/** Resolves API keys by the SHA-256 of the whole credential, from memory. */
public final class KeyCallerResolver implements CallerResolver {

    private final Tenants tenants;

    public KeyCallerResolver(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public Optional<Caller> resolve(String bearer) {
        return tenants.findKey(Sha256.of(bearer)).map(ApiKey::caller);
    }
}
