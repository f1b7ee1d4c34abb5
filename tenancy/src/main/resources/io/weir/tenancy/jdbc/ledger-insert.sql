-- Books ends and takes their intents away. What is booked already stays as it is; only what was written is returned.
WITH ended AS (
    SELECT * FROM unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::timestamptz[], ?::text[], ?::timestamptz[]) AS e (
        request_id, attempt, kind, basis, tenant, project, key_id, subject, tags, model, engine, route, price_version, input_fresh, cache_read,
        cache_write, output, reasoning, amount_nanos, outcome, period_from, decision, effective_at)
), gone AS (
    DELETE FROM intent USING ended WHERE intent.request_id = ended.request_id AND intent.attempt = ended.attempt
)
INSERT INTO ledger_entry (
    request_id, attempt, kind, basis, organisation, tenant, project, key_id, subject, tags, model, engine, route, price_version, input_fresh,
    cache_read, cache_write, output, reasoning, amount_nanos, outcome, epoch, period_from, decision, effective_at)
SELECT request_id, attempt, kind, basis, ?, tenant, project, key_id, subject, tags::jsonb, model, engine, route, price_version, input_fresh,
    cache_read, cache_write, output, reasoning, amount_nanos, outcome, ?, period_from, decision::jsonb, effective_at
FROM ended
ORDER BY request_id, attempt, kind DESC
ON CONFLICT (request_id, attempt, kind, cause) DO NOTHING
RETURNING request_id, attempt, kind, cause, tenant, period_from, epoch, amount_nanos, basis, input_fresh + cache_read + cache_write + output AS used
