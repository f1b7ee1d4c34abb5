-- One round trip, one transaction: the driver sends both statements before one Sync. The second takes its snapshot when the first has the lock.
SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock_shared(1464093010, hashtext(?));
INSERT INTO intent (
    request_id, attempt, organisation, tenant, project, key_id, subject, tags, model, engine, route, price_version, price_input_fresh, price_cache_read,
    price_cache_write, price_output, input_bound, output_cap, held_nanos, held_tokens, epoch, period_from, period_to, start_id, decision, effective_at)
SELECT i.request_id, i.attempt, i.organisation, i.tenant, i.project, i.key_id, i.subject, i.tags::jsonb, i.model, i.engine, i.route, i.price_version,
    i.price_input_fresh, i.price_cache_read, i.price_cache_write, i.price_output, i.input_bound, i.output_cap, i.held_nanos, i.held_tokens, i.epoch,
    i.period_from, i.period_to, i.start_id, i.decision::jsonb, i.effective_at
FROM unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],
    ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::timestamptz[], ?::timestamptz[], ?::uuid[], ?::text[],
    ?::timestamptz[]) AS i (
    request_id, attempt, organisation, tenant, project, key_id, subject, tags, model, engine, route, price_version, price_input_fresh, price_cache_read,
    price_cache_write, price_output, input_bound, output_cap, held_nanos, held_tokens, epoch, period_from, period_to, start_id, decision, effective_at)
WHERE EXISTS (SELECT FROM epoch e WHERE e.organisation = i.organisation AND e.epoch = i.epoch AND e.mode = 'REDIS')
  AND NOT EXISTS (SELECT FROM ledger_entry l WHERE l.request_id = i.request_id AND l.attempt = i.attempt)
ON CONFLICT (request_id, attempt) DO NOTHING
RETURNING request_id, attempt
