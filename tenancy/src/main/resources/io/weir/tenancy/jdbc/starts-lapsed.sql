SELECT s.start_id, EXISTS (SELECT FROM gateway_start later WHERE later.name = s.name AND later.sequence > s.sequence) AS proven
FROM gateway_start s
WHERE s.lease_until < now() AND EXISTS (SELECT FROM intent i WHERE i.start_id = s.start_id AND i.organisation = ?)
ORDER BY s.sequence
