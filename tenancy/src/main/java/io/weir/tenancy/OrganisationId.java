package io.weir.tenancy;

/** Names an organisation: the scope of one ledger and one epoch. */
public record OrganisationId(String value) {

    public OrganisationId {
        Ids.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
