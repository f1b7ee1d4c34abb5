SELECT version, model, input_fresh, cache_read, cache_write, output, effective_from, source, source_date, created_at
FROM price
WHERE organisation = ? AND version > ?
