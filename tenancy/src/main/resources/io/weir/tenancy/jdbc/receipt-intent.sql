SELECT decision, effective_at
FROM intent
WHERE organisation = ? AND tenant = ? AND request_id = ?
ORDER BY attempt DESC
LIMIT 1
