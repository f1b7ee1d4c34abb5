SELECT count(*) FROM intent i JOIN gateway_start s USING (start_id)
WHERE i.organisation = ? AND s.lease_until < now() - ? * interval '1 second'
