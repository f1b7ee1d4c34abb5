SELECT id, organisation, tenant, project, subject, name, prefix, sha256, created_at, expires_at, revoked_at
FROM api_key
WHERE version > ?
