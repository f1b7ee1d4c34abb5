-- The call's own gateway knows better than whoever booked it first.
INSERT INTO ledger_entry (
    request_id, attempt, kind, cause, basis, organisation, tenant, project, key_id, subject, tags, model, engine, route, price_version,
    input_fresh, cache_read, cache_write, output, reasoning, amount_nanos, outcome, epoch, period_from, decision, effective_at)
SELECT booked.request_id, booked.attempt, 'ADJUSTMENT', 'late', own.basis, booked.organisation, booked.tenant, booked.project, booked.key_id,
    booked.subject, booked.tags, booked.model, booked.engine, booked.route, booked.price_version, own.input_fresh - booked.input_fresh,
    own.cache_read - booked.cache_read, own.cache_write - booked.cache_write, own.output - booked.output, own.reasoning - booked.reasoning,
    own.amount_nanos - booked.amount_nanos, own.outcome, ?, booked.period_from, booked.decision, booked.effective_at
FROM unnest(?::uuid[], ?::smallint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[]) AS own (
    request_id, attempt, basis, input_fresh, cache_read, cache_write, output, reasoning, amount_nanos, outcome)
JOIN ledger_entry booked ON booked.request_id = own.request_id AND booked.attempt = own.attempt AND booked.kind = 'USAGE' AND booked.cause = ''
WHERE own.amount_nanos <> booked.amount_nanos
ORDER BY booked.request_id, booked.attempt
ON CONFLICT (request_id, attempt, kind, cause) DO NOTHING
