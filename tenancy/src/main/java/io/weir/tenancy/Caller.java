package io.weir.tenancy;

import java.util.Set;

/**
 * Who calls, from the verified credential alone (law 5).
 *
 * @param organisation whose ledger it is
 * @param tenant for whom
 * @param project for which of the tenant's projects
 * @param key with which key
 * @param subject who holds the key
 * @param roles what it may do
 */
public record Caller(OrganisationId organisation, TenantId tenant, ProjectId project, KeyId key, String subject, Set<Role> roles) {

    public Caller {
        roles = Set.copyOf(roles);
    }
}
