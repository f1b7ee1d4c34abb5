INSERT INTO price (organisation, model, input_fresh, cache_read, cache_write, output, effective_from, source, source_date)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (organisation, model, effective_from, input_fresh, cache_read, cache_write, output) DO NOTHING
