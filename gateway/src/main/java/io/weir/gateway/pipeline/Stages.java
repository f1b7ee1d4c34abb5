package io.weir.gateway.pipeline;

import io.weir.gateway.dialect.ParsedChat;
import io.weir.router.Decision;
import io.weir.router.Router;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.Reservations;

/** The stages of the pipeline, made once, shared by every request. */
public record Stages(
        TenantOf tenants,
        Parse parse,
        Classify classify,
        Enumerate enumerate,
        Admit admit,
        Router router,
        Receipts receipts,
        Dispatch dispatch,
        Reservations reservations,
        Record record) {

    /** Reads a body in the dialect of the API called; refuses with {@code Refusal} what is none, as strictly as the tenant chose. */
    @FunctionalInterface
    public interface Parse {
        ParsedChat chat(byte[] body, Tenant tenant);
    }

    /** Writes a decision as JSON, for the ledger. */
    @FunctionalInterface
    public interface Receipts {
        String json(Decision decision, Tenant tenant);
    }

    Plan plan(Inbound inbound, Tenant tenant, ParsedChat asked, Decision decision, Grant grant) {
        return new Plan(inbound, tenant, asked, decision, grant, receipts.json(decision, tenant));
    }
}
