package io.weir.tenancy.jdbc;

import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.SystemOfRecord;
import javax.sql.DataSource;

/** The protocol's side of PostgreSQL. */
public final class JdbcSystemOfRecord {

    private JdbcSystemOfRecord() {}

    /** @param application connects as {@code weir_app}, with a socket time-out; closed by its owner */
    public static SystemOfRecord over(DataSource application, OrganisationId organisation) {
        Transactions transactions = new Transactions(application);
        return new SystemOfRecord(
                new JdbcEpochs(transactions, organisation),
                new JdbcIntents(transactions, organisation),
                new JdbcSettlements(transactions, organisation),
                new JdbcStarts(transactions, organisation),
                new JdbcAudits(transactions, organisation));
    }
}
