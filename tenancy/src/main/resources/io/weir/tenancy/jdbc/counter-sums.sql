-- What each tenant has settled in the running and later periods, and what its open intents hold in any.
WITH booked AS (
    SELECT tenant, period_from, sum(amount_nanos) AS nanos
    FROM ledger_entry
    WHERE organisation = ? AND (period_from >= ? OR (tenant, period_from) IN (SELECT tenant, period_from FROM intent WHERE organisation = ?))
    GROUP BY tenant, period_from
), open AS (
    SELECT tenant, period_from, sum(held_nanos) AS nanos FROM intent WHERE organisation = ? GROUP BY tenant, period_from
)
SELECT tenant, period_from, coalesce(booked.nanos, 0) AS settled, coalesce(open.nanos, 0) AS held
FROM booked FULL JOIN open USING (tenant, period_from)
