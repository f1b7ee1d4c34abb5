package io.weir.tenancy;

/** What a caller may do. */
public enum Role {
    /** Use the endpoint within its own tenant. */
    CALLER,
    /** Administer every tenant. */
    PLATFORM_ADMIN
}
