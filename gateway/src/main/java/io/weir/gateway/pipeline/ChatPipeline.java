package io.weir.gateway.pipeline;

import io.weir.gateway.dialect.ParsedChat;
import io.weir.router.CancelToken;
import io.weir.router.Candidates;
import io.weir.router.Classified;
import io.weir.router.Decision;
import io.weir.router.GatewayError;
import io.weir.router.Outcome;
import io.weir.router.Refusal;
import io.weir.tenancy.Tenant;
import io.weir.tenancy.admission.Grant;

/**
 * One chat request, from raw bytes to a recorded outcome: authenticate (done: {@link Inbound} carries the caller) -> parse -> classify ->
 * candidates -> admit -> decide -> dispatch -> stream -> settle -> record. Runs on one virtual thread; never throws to its caller.
 */
public final class ChatPipeline {

    private final Stages stages;

    public ChatPipeline(Stages stages) {
        this.stages = stages;
    }

    public void serve(Inbound inbound, ResponseSink sink, CancelToken cancel) {
        try {
            Tenant tenant = stages.tenants().of(inbound.caller());
            ParsedChat asked = stages.parse().chat(inbound.body(), tenant);
            Classified classified = stages.classify().of(asked.request(), tenant.policy());
            Candidates candidates = stages.enumerate().atLeastOne(classified, inbound.at());
            Grant grant = stages.admit().reserve(inbound, tenant, candidates);
            Decision decision = stages.router().decide(candidates, grant.held());
            Plan plan = stages.plan(inbound, tenant, asked, decision, grant);
            Served served = stages.dispatch().stream(plan, sink, cancel);
            stages.reservations().close(served.ended());
            served.finish(sink);
            stages.record().ended(inbound, served);
        } catch (Refusal refusal) {
            sink.fail(refusal.error());
            stages.record().refused(inbound, refusal.error());
        } catch (RuntimeException | Error fault) {
            sink.fail(new GatewayError.Internal());
            stages.record().faulted(inbound, fault);
        }
    }
}
