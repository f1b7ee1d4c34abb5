SELECT count(*) FROM (
    SELECT 1 FROM ledger_entry
    WHERE organisation = ? AND kind = 'USAGE' AND effective_at > now() - interval '1 hour'
    GROUP BY request_id, attempt
    HAVING count(*) > 1) doubled
