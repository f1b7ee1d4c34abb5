package io.weir.gateway.admin;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.KeyMaker;
import io.weir.gateway.security.Sha256;
import io.weir.router.GatewayError;
import io.weir.router.ModelId;
import io.weir.router.Refusal;
import io.weir.router.RoutingPolicy;
import io.weir.router.score.Sensitivity;
import io.weir.tenancy.ApiKey;
import io.weir.tenancy.Caller;
import io.weir.tenancy.KeyId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.ProjectId;
import io.weir.tenancy.Role;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantLimits;
import io.weir.tenancy.Tenants;
import io.weir.tenancy.Unsupported;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code /admin/v1/tenants}: tenants, their limits, their keys. */
@Path("/admin/v1/tenants")
@Produces("application/json")
@RolesAllowed(BearerMechanism.PLATFORM_ADMIN)
@RunOnVirtualThread
public class TenantsResource {

    private static final BigDecimal MILLI = BigDecimal.valueOf(1000);

    private final AdminJson json = new AdminJson();
    private final OrganisationId organisation;
    private final Tenants tenants;
    private final KeyMaker keys;
    private final Clock clock;

    TenantsResource(OrganisationId organisation, Tenants tenants, KeyMaker keys, Clock clock) {
        this.organisation = organisation;
        this.tenants = tenants;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * {@code complexityThreshold} is 0 to 1; {@code models} lists what the tenant may use, null means all; {@code unsupportedFields} says whether request
     * fields that are known but not built are refused (the default) or ignored and named.
     */
    record NewTenant(
            @Nullable String id,
            @Nullable String name,
            @Nullable String sensitivity,
            @Nullable BigDecimal complexityThreshold,
            @Nullable List<String> models,
            @Nullable String unsupportedFields) {}

    record TenantView(
            String id, String name, String sensitivity, BigDecimal complexityThreshold, List<String> models, String unsupportedFields) {}

    /** null means no limit. */
    record Limits(@Nullable Long requestsPerMinute, @Nullable Long tokensPerMinute, @Nullable Long monthlyBudgetNanos) {}

    record NewKey(@Nullable String name, @Nullable String subject, @Nullable String project, @Nullable Instant expiresAt) {}

    /** {@code key} is shown here and never again. */
    record KeyView(
            String id,
            String key,
            String prefix,
            String tenant,
            String project,
            String subject,
            String name,
            Instant createdAt,
            @Nullable Instant expiresAt) {}

    @POST
    public Response create(byte[] body) {
        NewTenant asked = json.read(body, NewTenant.class);
        TenantId id = new TenantId(Fields.id(asked.id(), "id"));
        Tenant tenant = new Tenant(id, Fields.text(asked.name(), "name"), TenantLimits.NONE, policy(asked), unsupported(asked.unsupportedFields()));
        if (!tenants.create(organisation, tenant)) {
            throw new Refusal(new GatewayError.Conflict("There is a tenant with that id already."));
        }
        return Response.status(201).header("location", "/admin/v1/tenants/" + id).entity(view(tenant)).build();
    }

    @PUT
    @Path("{id}/limits")
    public Limits limit(@PathParam("id") String id, byte[] body) {
        Limits asked = json.read(body, Limits.class);
        TenantLimits limits = new TenantLimits(
                Fields.positive(asked.requestsPerMinute(), "requestsPerMinute"),
                Fields.positive(asked.tokensPerMinute(), "tokensPerMinute"),
                Fields.budget(asked.monthlyBudgetNanos(), "monthlyBudgetNanos"));
        if (!tenants.setLimits(organisation, new TenantId(Fields.id(id, "id")), limits)) {
            throw noTenant();
        }
        return asked;
    }

    @POST
    @Path("{id}/keys")
    public Response addKey(@PathParam("id") String id, byte[] body) {
        NewKey asked = json.read(body, NewKey.class);
        Instant now = clock.instant();
        if (asked.expiresAt() != null && !asked.expiresAt().isAfter(now)) {
            throw AdminJson.invalid("invalid_value", "expiresAt", "A key cannot expire in the past.");
        }
        String name = Fields.text(asked.name(), "name");
        KeyMaker.NewKey made = keys.make();
        Caller caller = new Caller(
                organisation,
                new TenantId(Fields.id(id, "id")),
                new ProjectId(Fields.id(Objects.requireNonNullElse(asked.project(), "default"), "project")),
                new KeyId(made.id()),
                Fields.text(Objects.requireNonNullElse(asked.subject(), name), "subject"),
                Set.of(Role.CALLER));
        ApiKey key = new ApiKey(caller, name, made.prefix(), now, asked.expiresAt(), null);
        if (!tenants.addKey(key, Sha256.of(made.secret()))) {
            throw noTenant();
        }
        return Response.status(201).header("location", "/admin/v1/keys/" + made.id()).entity(view(key, made)).build();
    }

    private static RoutingPolicy policy(NewTenant asked) {
        return new RoutingPolicy(threshold(asked.complexityThreshold()), sensitivity(asked.sensitivity()), models(asked.models()));
    }

    private static int threshold(@Nullable BigDecimal asked) {
        if (asked == null) {
            return RoutingPolicy.DEFAULT_THRESHOLD_MILLI;
        }
        if (asked.signum() < 0 || asked.compareTo(BigDecimal.ONE) > 0 || asked.stripTrailingZeros().scale() > 3) {
            throw AdminJson.invalid("invalid_value", "complexityThreshold", "The field is a number from 0 to 1 with at most three digits.");
        }
        return asked.multiply(MILLI).intValueExact();
    }

    private static Sensitivity sensitivity(@Nullable String asked) {
        if (asked == null) {
            return RoutingPolicy.DEFAULT.sensitivity();
        }
        return Arrays.stream(Sensitivity.values())
                .filter(label -> label.label().equals(asked))
                .findFirst()
                .orElseThrow(() -> AdminJson.invalid(
                        "invalid_value",
                        "sensitivity",
                        "The field is one of " + Arrays.toString(Sensitivity.values()).toLowerCase(Locale.ROOT) + "."));
    }

    private static Unsupported unsupported(@Nullable String asked) {
        return switch (asked) {
            case null -> Unsupported.REFUSE;
            case "refuse" -> Unsupported.REFUSE;
            case "ignore" -> Unsupported.IGNORE;
            default -> throw AdminJson.invalid("invalid_value", "unsupportedFields", "The field is \"refuse\" or \"ignore\".");
        };
    }

    private static Set<ModelId> models(@Nullable List<String> asked) {
        if (asked == null) {
            return Set.of();
        }
        return asked.stream().map(model -> new ModelId(Fields.text(model, "models"))).collect(Collectors.toSet());
    }

    private static TenantView view(Tenant tenant) {
        RoutingPolicy policy = tenant.policy();
        return new TenantView(
                tenant.id().value(),
                tenant.name(),
                policy.sensitivity().label(),
                BigDecimal.valueOf(policy.thresholdMilli(), 3),
                policy.models().stream().map(ModelId::value).sorted().toList(),
                tenant.unsupported().name().toLowerCase(Locale.ROOT));
    }

    private static KeyView view(ApiKey key, KeyMaker.NewKey made) {
        Caller caller = key.caller();
        return new KeyView(
                made.id(),
                made.secret(),
                made.prefix(),
                caller.tenant().value(),
                caller.project().value(),
                caller.subject(),
                key.name(),
                key.createdAt(),
                key.expiresAt());
    }

    private static Refusal noTenant() {
        return new Refusal(new GatewayError.NotFound("There is no such tenant, or no such project of it."));
    }
}
