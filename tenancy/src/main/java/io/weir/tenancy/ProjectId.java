package io.weir.tenancy;

/** Names a project of a tenant. */
public record ProjectId(String value) {

    public ProjectId {
        Ids.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
