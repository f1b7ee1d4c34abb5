INSERT INTO gateway_start (start_id, name, lease_until) VALUES (?, ?, now() + ? * interval '1 second')
ON CONFLICT (start_id) DO NOTHING
