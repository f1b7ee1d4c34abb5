SELECT attempt, kind, cause, basis, model, engine, route, price_version, input_fresh, cache_read, cache_write, output, reasoning,
       amount_nanos, outcome, decision, effective_at, booked_at
FROM ledger_entry
WHERE organisation = ? AND tenant = ? AND request_id = ?
ORDER BY attempt, CASE kind WHEN 'USAGE' THEN 1 WHEN 'OVERRUN' THEN 2 ELSE 3 END, id
