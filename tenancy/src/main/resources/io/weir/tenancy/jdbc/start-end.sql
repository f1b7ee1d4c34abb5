UPDATE gateway_start SET lease_until = now(), ended_at = now() WHERE start_id = ? AND ended_at IS NULL
