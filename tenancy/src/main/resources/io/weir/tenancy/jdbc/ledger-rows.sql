SELECT l.request_id, l.attempt, l.kind, l.cause, l.tenant, l.period_from, l.epoch, l.amount_nanos, l.basis,
       l.input_fresh + l.cache_read + l.cache_write + l.output AS used
FROM unnest(?::uuid[], ?::smallint[]) AS i (request_id, attempt)
JOIN ledger_entry l ON l.request_id = i.request_id AND l.attempt = i.attempt
ORDER BY l.id
