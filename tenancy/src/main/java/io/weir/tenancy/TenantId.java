package io.weir.tenancy;

/** Names a tenant (a team) of an organisation. */
public record TenantId(String value) {

    public TenantId {
        Ids.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
