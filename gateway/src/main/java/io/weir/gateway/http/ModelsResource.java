package io.weir.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.weir.gateway.dialect.OpenAiModelsWriter;
import io.weir.gateway.dialect.OpenAiModelsWriter.Listed;
import io.weir.gateway.pipeline.Engines;
import io.weir.gateway.pipeline.TenantOf;
import io.weir.gateway.security.BearerMechanism;
import io.weir.gateway.security.Callers;
import io.weir.router.Candidate;
import io.weir.router.GatewayError;
import io.weir.router.Refusal;
import io.weir.router.RoutingPolicy;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** {@code GET /v1/models}: the models the caller may name: priced, within its tenant's policy and fence. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(BearerMechanism.CALLER)
@RunOnVirtualThread
public class ModelsResource {

    private final Engines engines;
    private final TenantOf tenants;
    private final Callers callers;
    private final Clock clock;
    private final Instant since;

    ModelsResource(Engines engines, TenantOf tenants, Callers callers, Clock clock) {
        this.engines = engines;
        this.tenants = tenants;
        this.callers = callers;
        this.clock = clock;
        this.since = clock.instant();
    }

    @GET
    public byte[] list() {
        return OpenAiModelsWriter.list(Listed.auto(since), listed());
    }

    /** A name with a slash in it is a model's name too. */
    @GET
    @Path("{model:.+}")
    public byte[] one(@PathParam("model") String model) {
        Listed auto = Listed.auto(since);
        if (model.equals(auto.id().value())) {
            return OpenAiModelsWriter.one(auto);
        }
        return listed().stream()
                .filter(listed -> listed.id().value().equals(model))
                .findFirst()
                .map(OpenAiModelsWriter::one)
                .orElseThrow(() -> new Refusal(new GatewayError.ModelNotFound()));
    }

    private List<Listed> listed() {
        RoutingPolicy policy = tenants.of(callers.current()).policy();
        return engines.candidates(clock.instant()).stream()
                .filter(candidate -> isUsable(policy, candidate))
                .map(candidate -> new Listed(candidate.model(), since, candidate.route().label()))
                .toList();
    }

    private static boolean isUsable(RoutingPolicy policy, Candidate candidate) {
        return candidate.price() != null
                && policy.allows(candidate.model())
                && policy.sensitivity().permits(candidate.residency());
    }
}
