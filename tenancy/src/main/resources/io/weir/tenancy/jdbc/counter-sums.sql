-- What each tenant has settled in the running and later periods, and what its open intents hold in any.
WITH open AS (
    SELECT tenant, period_from, sum(held_nanos) AS nanos FROM intent WHERE organisation = ? GROUP BY tenant, period_from
), booked AS (
    SELECT tenant, period_from, sum(amount_nanos) AS nanos
    FROM ledger_entry
    WHERE organisation = ? AND period_from >= ?
    GROUP BY tenant, period_from
    UNION ALL
    SELECT l.tenant, l.period_from, sum(l.amount_nanos)
    FROM ledger_entry l
    JOIN open ON open.tenant = l.tenant AND open.period_from = l.period_from
    WHERE l.organisation = ? AND l.period_from < ?
    GROUP BY l.tenant, l.period_from
)
SELECT tenant, period_from, coalesce(booked.nanos, 0) AS settled, coalesce(open.nanos, 0) AS held
FROM booked FULL JOIN open USING (tenant, period_from)
