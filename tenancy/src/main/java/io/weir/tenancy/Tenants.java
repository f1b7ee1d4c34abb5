package io.weir.tenancy;

import java.util.Optional;

/**
 * The directory of tenants and keys. Look-ups are answered from memory, without a wait, from any thread, and are at most 2 s behind PostgreSQL
 * while it can be reached; changes go to PostgreSQL and block, and throw {@link Unavailable} when it cannot be asked.
 */
public interface Tenants {

    /** The valid key with this SHA-256 (32 bytes, of the whole credential); empty when unknown, expired or revoked. */
    Optional<ApiKey> findKey(byte[] sha256);

    Optional<Tenant> find(OrganisationId organisation, TenantId tenant);

    /** Creates a tenant with its project {@code default}; false when the id is taken. */
    boolean create(OrganisationId organisation, Tenant tenant);

    /**
     * Stores a new key's hash; false when there is no such tenant and project. The key is valid on this replica at once. A stored key is a
     * caller's: one with another role is refused with {@link IllegalArgumentException}.
     */
    boolean addKey(ApiKey key, byte[] sha256);

    /** Revokes a key, at once here and within 2 s everywhere; false when there is none. Revoking twice is one revocation. */
    boolean revokeKey(OrganisationId organisation, KeyId key);

    /** Replaces a tenant's limits; false when there is no such tenant. */
    boolean setLimits(OrganisationId organisation, TenantId tenant, TenantLimits limits);
}
