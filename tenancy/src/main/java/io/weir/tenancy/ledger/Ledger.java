package io.weir.tenancy.ledger;

import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the append-only ledger. Each blocks on PostgreSQL, on the caller's (virtual) thread, and uses one connection once; an unreachable
 * PostgreSQL throws {@link Unavailable}.
 */
public interface Ledger {

    /** A request's receipt, for its own tenant alone: another tenant's request is empty, like one that never was. */
    Optional<Receipt> receipt(OrganisationId organisation, TenantId tenant, RequestId request);

    /**
     * Sums by tenant, project, model and route over a half-open span of effective time, in that order. At most
     * {@value #MAX_USAGE_LINES} lines; more throw {@link IllegalStateException}, since a report cut short would be a wrong report.
     */
    List<UsageLine> usage(UsageQuery query);

    /** Far above any real number of (tenant, project, model, route), low enough that a report fits into memory many times over. */
    int MAX_USAGE_LINES = 50_000;

    /**
     * @param state whether it may still spend
     * @param decision the decision as JSON, of the last attempt
     * @param effectiveAt when the request began
     * @param attempts one entry an attempt, kind and cause, in order; empty while open
     * @param cost the sum; zero while open, which then says nothing
     */
    record Receipt(RequestId request, State state, String decision, Instant effectiveAt, List<LedgerEntry> attempts, Money cost) {
        public Receipt {
            attempts = List.copyOf(attempts);
        }
    }

    /** Whether a request may still spend. */
    enum State {
        /** An intent stands: a call is under way, or waits to be booked. */
        OPEN,
        /** Booked. */
        SETTLED,
        /** Booked at nothing: provably nothing was sent in any attempt. */
        VOIDED;

        /** As receipts show it. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * @param from inclusive, or null
     * @param to exclusive, or null
     */
    record UsageQuery(OrganisationId organisation, @Nullable TenantId tenant, @Nullable Instant from, @Nullable Instant to) {}

    /**
     * One line of a usage report.
     *
     * @param requests requests whose last attempt went here, so that each is counted in one line
     * @param tokens of all attempts made here
     * @param cost of all attempts made here
     * @param estimated the part of the cost that no engine counted: FLOOR and HELD_FULL, but for attempts counted after all
     */
    record UsageLine(
            TenantId tenant, String project, String model, String route, long requests, Tokens tokens, Money cost, Money estimated) {}

    /** Token sums, signed: adjustments take away as well. */
    record Tokens(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) {}

    /** PostgreSQL cannot be asked. */
    final class Unavailable extends io.weir.tenancy.Unavailable {
        public Unavailable(Throwable cause) {
            super("the ledger cannot be reached", cause);
        }
    }
}
