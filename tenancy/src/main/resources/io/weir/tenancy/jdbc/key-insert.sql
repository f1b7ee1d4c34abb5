INSERT INTO api_key (id, organisation, tenant, project, subject, name, prefix, sha256, version, created_at, expires_at, revoked_at)
SELECT ?, organisation, tenant, id, ?, ?, ?, ?, ?, ?, ?, ?
FROM project
WHERE organisation = ? AND tenant = ? AND id = ?
