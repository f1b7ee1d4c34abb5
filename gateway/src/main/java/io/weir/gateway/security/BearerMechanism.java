package io.weir.gateway.security;

import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import io.weir.gateway.pipeline.CallerResolver;
import io.weir.tenancy.Caller;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates {@code Authorization: Bearer <key>}: the platform admin's key or an API key. Exactly one such header counts; nothing else in a
 * request says who calls (law 5). A credential that is not valid makes an anonymous caller, whom no resource lets in: the answer is the same 401, in the
 * dialect of the API called.
 */
@Singleton
public final class BearerMechanism implements HttpAuthenticationMechanism {

    /** The role of a tenant's caller. */
    public static final String CALLER = "caller";
    /** The role of the platform admin. */
    public static final String PLATFORM_ADMIN = "platform-admin";

    static final String CALLER_ATTRIBUTE = "weir.caller";
    private static final String SCHEME = "Bearer ";

    private final CallerResolver callers;
    private final AdminKey adminKey;

    BearerMechanism(CallerResolver callers, AdminKey adminKey) {
        this.callers = callers;
        this.adminKey = adminKey;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        List<String> headers = context.request().headers().getAll("authorization");
        SecurityIdentity identity = headers.size() == 1 ? identify(headers.getFirst()) : null;
        return Uni.createFrom().item(identity);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }

    private @Nullable SecurityIdentity identify(String header) {
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        String bearer = header.substring(SCHEME.length());
        Optional<Caller> caller = callers.resolve(bearer);
        if (caller.isPresent()) {
            return identity(caller.get().subject()).addRole(CALLER).addAttribute(CALLER_ATTRIBUTE, caller.get()).build();
        }
        return adminKey.matches(bearer) ? identity(PLATFORM_ADMIN).addRole(PLATFORM_ADMIN).build() : null;
    }

    private static QuarkusSecurityIdentity.Builder identity(String name) {
        return QuarkusSecurityIdentity.builder().setPrincipal(new QuarkusPrincipal(name));
    }

    /** The platform admin's key, as its hash. */
    public static final class AdminKey {

        private final byte[] sha256;

        public AdminKey(String key) {
            this.sha256 = Sha256.of(key);
        }

        boolean matches(String bearer) {
            return MessageDigest.isEqual(sha256, Sha256.of(bearer));
        }
    }
}
