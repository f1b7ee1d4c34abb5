-- Each join matches one row at most, by the ledger's unique key, and has few rows on its inner side: second and third attempts, and attempts
-- first booked by the sweeper whose own count came late.
WITH bounds AS NOT MATERIALIZED (
    SELECT ?::text AS organisation, ?::text AS tenant,
           coalesce(?::timestamptz, '-infinity') AS from_time, coalesce(?::timestamptz, 'infinity') AS to_time
), span AS NOT MATERIALIZED (
    SELECT entry.*
    FROM ledger_entry entry, bounds
    WHERE entry.organisation = bounds.organisation
      AND (bounds.tenant IS NULL OR entry.tenant = bounds.tenant)
      AND entry.effective_at >= bounds.from_time
      AND entry.effective_at < bounds.to_time
)
SELECT entry.tenant, entry.project, entry.model, entry.route,
       count(*) FILTER (WHERE entry.kind = 'USAGE' AND next.request_id IS NULL) AS requests,
       sum(entry.input_fresh) AS input_fresh,
       sum(entry.cache_read) AS cache_read,
       sum(entry.cache_write) AS cache_write,
       sum(entry.output) AS output,
       sum(entry.reasoning) AS reasoning,
       sum(entry.amount_nanos) AS amount_nanos,
       coalesce(sum(entry.amount_nanos) FILTER (WHERE entry.basis IN ('FLOOR', 'HELD_FULL') AND counted.request_id IS NULL), 0)
           AS estimated_nanos
FROM span entry
LEFT JOIN span next
       ON next.attempt > 1 AND next.kind = 'USAGE'
      AND next.request_id = entry.request_id AND next.attempt = entry.attempt + 1
LEFT JOIN span counted
       ON counted.kind = 'ADJUSTMENT' AND counted.cause = 'late' AND counted.basis = 'METERED'
      AND counted.request_id = entry.request_id AND counted.attempt = entry.attempt
GROUP BY entry.tenant, entry.project, entry.model, entry.route
ORDER BY entry.tenant, entry.project, entry.model, entry.route
LIMIT ?
