UPDATE gateway_start SET lease_until = now() + ? * interval '1 second' WHERE start_id = ? AND ended_at IS NULL
