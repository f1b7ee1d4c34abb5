package io.weir.gateway.pipeline;

import io.weir.router.RequestId;
import io.weir.tenancy.Caller;
import java.time.Instant;

/**
 * A request as it arrives at the pipeline. Carries content: its {@code toString} does not.
 *
 * @param id server-made
 * @param caller from the verified credential alone
 * @param body the raw bytes, at most {@link io.weir.router.chat.Limits#BODY_BYTES}
 * @param at when it arrived
 */
public record Inbound(RequestId id, Caller caller, byte[] body, Instant at) {

    @Override
    public String toString() {
        return "Inbound[id=" + id + ", tenant=" + caller.tenant() + ", REDACTED len=" + body.length + "]";
    }
}
