package io.weir.tenancy.ledger;

import io.weir.router.Money;
import io.weir.router.RequestId;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of the append-only ledger. Each blocks on PostgreSQL; an unreachable PostgreSQL throws {@link Unavailable}. */
public interface Ledger {

    /** A request's receipt, for its own tenant alone: another tenant's request is empty, like one that never was. */
    Optional<Receipt> receipt(OrganisationId organisation, TenantId tenant, RequestId request);

    /** Sums by tenant, project, model and route over a half-open span of effective time. */
    List<UsageLine> usage(UsageQuery query);

    /**
     * @param state {@code open} while an intent stands, then {@code settled} or {@code voided} (every attempt at nothing)
     * @param decision the decision as JSON, of the last attempt
     * @param attempts one entry an attempt and kind, in order; empty while open
     * @param cost the sum
     */
    record Receipt(RequestId request, String state, String decision, Instant effectiveAt, List<LedgerEntry> attempts, Money cost) {}

    /**
     * @param from inclusive, or null
     * @param to exclusive, or null
     */
    record UsageQuery(OrganisationId organisation, @Nullable TenantId tenant, @Nullable Instant from, @Nullable Instant to) {}

    /** One line of a usage report. */
    record UsageLine(
            TenantId tenant, String project, String model, String route, long requests, Tokens tokens, Money cost, Money estimated) {}

    /** Token sums of a line. */
    record Tokens(long inputFresh, long cacheRead, long cacheWrite, long output, long reasoning) {}

    /** PostgreSQL cannot be asked. */
    final class Unavailable extends RuntimeException {
        public Unavailable(Throwable cause) {
            super("the ledger cannot be reached", cause);
        }
    }
}
